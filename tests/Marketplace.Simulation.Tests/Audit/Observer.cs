using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Simulation.Tests.Audit;

/// <summary>What an onlooker saw happen. It keeps each thing once, however often it is told.</summary>
public sealed class Witness
{
    public Dictionary<ListingId, ListingActivated> Offered { get; } = [];

    public Dictionary<ListingId, OfferResale> Resales { get; } = [];

    public Dictionary<TradeId, TradeExecuted> Trades { get; } = [];

    public Dictionary<(TradeId, HourWindow), ReturnHours> Returned { get; } = [];

    public Dictionary<LeaseId, LeaseReady> Ready { get; } = [];

    public Dictionary<LeaseId, LeaseStopped> Stopped { get; } = [];

    public Dictionary<(RecheckWindowId, MachineId), MachineRechecked> Rechecked { get; } = [];

    public Dictionary<LeaseId, CreditShortfall> Shortfalls { get; } = [];

    public Dictionary<UsageId, UsageMetered> Usage { get; } = [];

    public Dictionary<EntryId, RecordEntry> Entries { get; } = [];
}

/// <summary>Listens to what the modules say to each other, in a queue of its own.</summary>
public sealed class Observer(Witness witness) :
    IMessageHandler<ListingActivated>, IMessageHandler<OfferResale>, IMessageHandler<TradeExecuted>, IMessageHandler<ReturnHours>,
    IMessageHandler<LeaseReady>, IMessageHandler<LeaseStopped>, IMessageHandler<MachineRechecked>, IMessageHandler<CreditShortfall>,
    IMessageHandler<UsageMetered>, IMessageHandler<RecordEntry>
{
    public const string Queue = "audit";

    public Task HandleAsync(ListingActivated message, MessageContext context, CancellationToken cancellationToken) =>
        Once(witness.Offered, message.ListingId, message);

    public Task HandleAsync(OfferResale message, MessageContext context, CancellationToken cancellationToken) =>
        Once(witness.Resales, message.ListingId, message);

    public Task HandleAsync(TradeExecuted message, MessageContext context, CancellationToken cancellationToken) =>
        Once(witness.Trades, message.TradeId, message);

    public Task HandleAsync(ReturnHours message, MessageContext context, CancellationToken cancellationToken) =>
        Once(witness.Returned, (message.TradeId, message.Window), message);

    public Task HandleAsync(LeaseReady message, MessageContext context, CancellationToken cancellationToken) =>
        Once(witness.Ready, message.LeaseId, message);

    public Task HandleAsync(LeaseStopped message, MessageContext context, CancellationToken cancellationToken) =>
        Once(witness.Stopped, message.LeaseId, message);

    public Task HandleAsync(MachineRechecked message, MessageContext context, CancellationToken cancellationToken) =>
        Once(witness.Rechecked, (message.WindowId, message.MachineId), message);

    public Task HandleAsync(CreditShortfall message, MessageContext context, CancellationToken cancellationToken) =>
        Once(witness.Shortfalls, message.LeaseId, message);

    public Task HandleAsync(UsageMetered message, MessageContext context, CancellationToken cancellationToken) =>
        Once(witness.Usage, message.UsageId, message);

    public Task HandleAsync(RecordEntry message, MessageContext context, CancellationToken cancellationToken) =>
        Once(witness.Entries, message.EntryId, message);

    // The same id with other content is a second effect under one name: exactly what must never happen.
    private static Task Once<TKey, TValue>(Dictionary<TKey, TValue> seen, TKey key, TValue value)
        where TKey : notnull
    {
        if (!seen.TryAdd(key, value)) Assert.Equivalent(seen[key], value, strict: true);
        return Task.CompletedTask;
    }
}

/// <summary>Registration of the onlooker.</summary>
public static class ObserverRegistration
{
    /// <summary>Has a witness told of what happens.</summary>
    public static IServiceCollection AddObserver(this IServiceCollection services, Witness witness) => services
        .AddSingleton(witness)
        .AddMessageHandler<ListingActivated, Observer>(Observer.Queue, m => m.ListingId.ToString())
        .AddMessageHandler<OfferResale, Observer>(Observer.Queue, m => m.ListingId.ToString())
        .AddMessageHandler<TradeExecuted, Observer>(Observer.Queue, m => m.LeaseId.ToString())
        .AddMessageHandler<ReturnHours, Observer>(Observer.Queue, m => m.TradeId.ToString())
        .AddMessageHandler<LeaseReady, Observer>(Observer.Queue, m => m.LeaseId.ToString())
        .AddMessageHandler<LeaseStopped, Observer>(Observer.Queue, m => m.LeaseId.ToString())
        .AddMessageHandler<MachineRechecked, Observer>(Observer.Queue, m => m.MachineId.ToString())
        .AddMessageHandler<CreditShortfall, Observer>(Observer.Queue, m => m.LeaseId.ToString())
        .AddMessageHandler<UsageMetered, Observer>(Observer.Queue, m => m.LeaseId.ToString())
        .AddMessageHandler<RecordEntry, Observer>(Observer.Queue, m => m.EntryId.ToString());
}
