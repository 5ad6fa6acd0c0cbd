using Marketplace.Contracts;
using Marketplace.Runtime;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using Marketplace.Sqlite;
using Marketplace.Testing.Store;
using Marketplace.Testing.Time;
using Microsoft.Extensions.DependencyInjection;
using static Marketplace.Ledger.Tests.JournalMarket;

namespace Marketplace.Ledger.Tests;

/// <summary>
/// 500 captures from ten holds, each delivered twice at once and then refunded by two people at once, one of whom repeats the request: writers that
/// race on one journal, as the sessions of a host that was started twice would.
/// </summary>
public sealed class ConcurrentCaptureTests
{
    private const int Captures = 500;
    private const int Holds = 10;
    private const int Writers = 12;

    // 50 captures of 10 a hold, of which it covers 30.
    private const long Held = 300;
    private const long Captured = 10;

    private static readonly Account Prepaid = new(AccountKind.BuyerPrepaid, Buyer);

    [Fact]
    public async Task Each_capture_and_each_refund_has_one_effect_in_memory()
    {
        var store = new InMemoryPartitionStore();
        await RunAsync(store, store);
    }

    [Fact]
    public async Task Each_capture_and_each_refund_has_one_effect_on_SQLite()
    {
        using var folder = new TemporaryFolder();
        await using var store = SqlitePartitionStore.Open(folder.File("ledger.db"));
        await RunAsync(store, new SqliteOutboxIndex(store));
    }

    private static async Task RunAsync(IPartitionStore store, IOutboxIndex outbox)
    {
        await using var services = Compose(store, outbox);
        for (var hold = 1; hold <= Holds; hold++)
            await HandleAsync(services, new HoldEntry(Id(hold), Currency.Usd, $"trade-{hold}", BookedAt, Prepaid, Money.OfMinor(Held, Currency.Usd)));

        var effects = 0;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Captures), new ParallelOptions { MaxDegreeOfParallelism = Writers, CancellationToken = TestContext.Current.CancellationToken }, async (i, _) =>
            {
                var capture = new PostHeld(
                    Id(1_000 + i), Id(1 + (i % Holds)), Currency.Usd, EntryReason.UsageCharged, $"usage-{i}", BookedAt,
                    [new(Prepaid, Money.OfMinor(Captured, Currency.Usd)), new(new Account(AccountKind.PlatformRevenue, null), Money.OfMinor(-Captured, Currency.Usd))],
                    ReleasesRest: false);
                await Task.WhenAll(HandleAsync(services, capture), HandleAsync(services, capture));
                var refunds = await Task.WhenAll(RefundAsync(services, capture, "a"), RefundAsync(services, capture, "b"), RefundAsync(services, capture, "a"));
                foreach (var id in refunds.OfType<EntryId>().Distinct()) Interlocked.Increment(ref effects);
            });

        var entries = await services.GetRequiredService<ReadJournal>().ListAsync(Currency.Usd, null, 10_000, default);
        const int Accepted = Holds * (int)(Held / Captured);
        Assert.Equal(Accepted, entries.Count(e => e.Entry.Reason == EntryReason.UsageCharged));
        Assert.Equal(Accepted, entries.Count(e => e.Entry.Reason == EntryReason.Reversal));
        Assert.Equal(Accepted, effects);
        Assert.Equal(Accepted, entries.Where(e => e.Entry.Reverses is not null).DistinctBy(e => e.Entry.Reverses).Count());
        Assert.Equal(Captures - Accepted, await store.ReadRangeAsync(JournalRows.Of(Currency.Usd), RowRange.StartingWith("refused!"), default).CountAsync());

        // What was captured was given back, and of no hold is anything left.
        var balances = await services.GetRequiredService<ReadAccounts>().ListAsync(Currency.Usd, AsOf.Now, default);
        Assert.All(balances, b => Assert.Equal((0L, 0L), (b.Balance.MinorUnits, b.Pending.MinorUnits)));
        using var scope = services.CreateScope();
        Assert.Empty((await scope.ServiceProvider.GetRequiredService<CheckJournal>().CheckAsync(Currency.Usd, default)).Findings);
    }

    private static ServiceProvider Compose(IPartitionStore store, IOutboxIndex outbox)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(new VirtualTime(VirtualTime.Monday));
        services.AddSingleton(store);
        services.AddSingleton(outbox);
        services.AddSingleton<IMessagePublisher, Nobody>();
        services.AddMarketplaceRuntime();
        services.AddLedger();
        return services.BuildServiceProvider();
    }

    /// <summary>One delivery; like the dispatcher, it tries again when it lost its race too often.</summary>
    private static Task<bool> HandleAsync<T>(ServiceProvider services, T message)
        where T : IMessage
    {
        var context = new MessageContext(services.GetRequiredService<IIdSource>().Next<MessageKind>(), BookedAt, 1);
        return InsistAsync(async () =>
        {
            using var scope = services.CreateScope();
            await ((IMessageHandler<T>)(object)scope.ServiceProvider.GetRequiredService<LedgerCommandHandlers>()).HandleAsync(message, context, default);
            return true;
        });
    }

    private static Task<EntryId?> RefundAsync(ServiceProvider services, PostHeld capture, string who) => InsistAsync(async () =>
    {
        using var scope = services.CreateScope();
        var attempt = await scope.ServiceProvider.GetRequiredService<ReverseEntry>().ExecuteAsync(
            Currency.Usd, capture.EntryId, $"Refunded by {who}.", IdempotencyKey.Of($"{capture.Reference}-{who}"), default);
        return attempt.Result.TryGet(out var entry, out _) ? entry.Entry.EntryId : (EntryId?)null;
    });

    private static async Task<T> InsistAsync<T>(Func<Task<T>> act)
    {
        while (true)
        {
            try
            {
                return await act();
            }
            catch (PartitionConflictException)
            {
            }
        }
    }

    private sealed class Nobody : IMessagePublisher
    {
        public ValueTask PublishAsync(IReadOnlyList<OutboxMessage> messages) => ValueTask.CompletedTask;
    }
}
