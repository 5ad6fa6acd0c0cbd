using Azure.Messaging.ServiceBus;
using Marketplace.Contracts;
using Marketplace.ServiceBus.Receive;
using Microsoft.Azure.Functions.Worker;

namespace Marketplace.Functions.Triggers;

/// <summary>One function per queue. What becomes of a delivery is decided by the receiver, which also settles it.</summary>
public sealed class QueueTriggers(SessionReceiver receiver)
{
    private const string Bus = "ServiceBus";

    /// <summary>
    /// Order books, in batches of what a session holds. A batch trigger has one session at a time and would wait for more of it before it
    /// takes the next: so it gives the session back after every batch, for the other books of this instance.
    /// </summary>
    [Function("HandleMarket")]
    public async Task MarketAsync(
        [ServiceBusTrigger(Queues.Market, Connection = Bus, IsSessionsEnabled = true, IsBatched = true, AutoCompleteMessages = false)] ServiceBusReceivedMessage[] messages,
        ServiceBusMessageActions actions,
        ServiceBusSessionMessageActions session,
        CancellationToken cancellationToken)
    {
        await receiver.ReceiveAsync([.. messages.Select(m => ActionsSettlement.Delivery(Queues.Market, m, actions))], cancellationToken);
        await session.ReleaseSession(cancellationToken);
    }

    /// <summary>Organisations, machines and listings.</summary>
    [Function("HandleRegistry")]
    public Task RegistryAsync(
        [ServiceBusTrigger(Queues.Registry, Connection = Bus, IsSessionsEnabled = true, AutoCompleteMessages = false)] ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions,
        CancellationToken cancellationToken) => ReceiveAsync(Queues.Registry, message, actions, cancellationToken);

    /// <summary>Verifications.</summary>
    [Function("HandleVerification")]
    public Task VerificationAsync(
        [ServiceBusTrigger(Queues.Verification, Connection = Bus, IsSessionsEnabled = true, AutoCompleteMessages = false)] ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions,
        CancellationToken cancellationToken) => ReceiveAsync(Queues.Verification, message, actions, cancellationToken);

    /// <summary>What buyers see of their bids.</summary>
    [Function("HandleBids")]
    public Task BidsAsync(
        [ServiceBusTrigger(Queues.Bids, Connection = Bus, IsSessionsEnabled = true, AutoCompleteMessages = false)] ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions,
        CancellationToken cancellationToken) => ReceiveAsync(Queues.Bids, message, actions, cancellationToken);

    /// <summary>Leases.</summary>
    [Function("HandleLeases")]
    public Task LeasesAsync(
        [ServiceBusTrigger(Queues.Leases, Connection = Bus, IsSessionsEnabled = true, AutoCompleteMessages = false)] ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions,
        CancellationToken cancellationToken) => ReceiveAsync(Queues.Leases, message, actions, cancellationToken);

    /// <summary>Usage of leases.</summary>
    [Function("HandleUsage")]
    public Task UsageAsync(
        [ServiceBusTrigger(Queues.Usage, Connection = Bus, IsSessionsEnabled = true, AutoCompleteMessages = false)] ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions,
        CancellationToken cancellationToken) => ReceiveAsync(Queues.Usage, message, actions, cancellationToken);

    /// <summary>Ledger entries.</summary>
    [Function("HandleLedger")]
    public Task LedgerAsync(
        [ServiceBusTrigger(Queues.Ledger, Connection = Bus, IsSessionsEnabled = true, AutoCompleteMessages = false)] ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions,
        CancellationToken cancellationToken) => ReceiveAsync(Queues.Ledger, message, actions, cancellationToken);

    /// <summary>Charges, invoices and payouts.</summary>
    [Function("HandleBilling")]
    public Task BillingAsync(
        [ServiceBusTrigger(Queues.Billing, Connection = Bus, IsSessionsEnabled = true, AutoCompleteMessages = false)] ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions,
        CancellationToken cancellationToken) => ReceiveAsync(Queues.Billing, message, actions, cancellationToken);

    /// <summary>Closing of months.</summary>
    [Function("HandleFinance")]
    public Task FinanceAsync(
        [ServiceBusTrigger(Queues.Finance, Connection = Bus, IsSessionsEnabled = true, AutoCompleteMessages = false)] ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions,
        CancellationToken cancellationToken) => ReceiveAsync(Queues.Finance, message, actions, cancellationToken);

    /// <summary>Index rows that lists are read from.</summary>
    [Function("HandleProjections")]
    public Task ProjectionsAsync(
        [ServiceBusTrigger(Queues.Projections, Connection = Bus, IsSessionsEnabled = true, AutoCompleteMessages = false)] ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions,
        CancellationToken cancellationToken) => ReceiveAsync(Queues.Projections, message, actions, cancellationToken);

    private Task ReceiveAsync(string queue, ServiceBusReceivedMessage message, ServiceBusMessageActions actions, CancellationToken cancellationToken) =>
        receiver.ReceiveAsync([ActionsSettlement.Delivery(queue, message, actions)], cancellationToken);
}
