using Marketplace.Contracts;
using Marketplace.Runtime;
using Marketplace.Runtime.Store;
using Marketplace.Testing.Simulation;
using Marketplace.Testing.Store;
using NodaTime;

namespace Marketplace.Ledger.Tests;

/// <summary>The ledger alone.</summary>
internal sealed class JournalMarket(int seed = 1, double disorderRate = 0, Func<StoreCall, StoreFault>? faults = null) : IAsyncDisposable
{
    public static readonly OrganisationId Buyer = OrganisationId.Parse("org_01JABCDEFGHJKMNPQRSTVWXYZ0");
    public static readonly OrganisationId Provider = OrganisationId.Parse("org_01JABCDEFGHJKMNPQRSTVWXYZ1");
    public static readonly Instant BookedAt = Instant.FromUtc(2026, 11, 2, 9, 0);

    public SimulatedMarketplace Market { get; } = new(services => services.AddLedger(), seed, disorderRate, faults);

    public static EntryId Id(long number) => EntryId.From(Ulid.Create(1_000, (UInt128)number));

    /// <summary>A sale: the buyer owes the amount, the provider is owed it less the fee.</summary>
    public static RecordEntry Sale(long number, long amount, long fee, Currency? currency = null, Instant? bookedAt = null)
    {
        var unit = currency ?? Currency.Usd;
        return new RecordEntry(Id(number), unit, EntryReason.UsageCharged, $"usage-{number}", bookedAt ?? BookedAt,
        [
            new Posting(new Account(AccountKind.BuyerReceivable, Buyer), Money.OfMinor(amount, unit)),
            new Posting(new Account(AccountKind.ProviderPayable, Provider), Money.OfMinor(fee - amount, unit)),
            new Posting(new Account(AccountKind.PlatformRevenue, null), Money.OfMinor(-fee, unit)),
        ]);
    }

    public async Task RecordAsync(params RecordEntry[] entries)
    {
        foreach (var entry in entries) await Market.SendAsync(entry);
        await Market.RunAsync();
    }

    /// <summary>Sends commands of any kind and delivers them.</summary>
    public async Task SendAsync(params object[] commands)
    {
        foreach (var command in commands)
        {
            await (command switch
            {
                RecordEntry entry => Market.SendAsync(entry),
                HoldEntry hold => Market.SendAsync(hold),
                PostHeld post => Market.SendAsync(post),
                VoidHeld hold => Market.SendAsync(hold),
                _ => throw new ArgumentException($"{command} is no command of the ledger."),
            });
        }

        await Market.RunAsync();
    }

    /// <summary>The refusals of entries, by their numbers; of all, without a number.</summary>
    public async Task<List<LedgerRefusal>> RefusalsAsync(params long[] numbers)
    {
        var refusals = new List<LedgerRefusal>();
        await foreach (var row in Market.Store.ReadRangeAsync(JournalRows.Of(Currency.Usd), RowRange.StartingWith("refused!"), CancellationToken.None))
        {
            if (numbers.Length == 0 || numbers.Any(n => row.RowKey == JournalRows.Refusal(Id(n)))) refusals.Add(MarketplaceJson.Deserialize<RefusedEntry>(row.Body).Refusal);
        }

        return refusals;
    }

    public Task<JournalCheck> CheckAsync(Currency? currency = null) =>
        Market.Get<CheckJournal>().CheckAsync(currency ?? Currency.Usd, CancellationToken.None);

    public async Task<IReadOnlyList<LedgerEntry>> EntriesAsync(Currency? currency = null) =>
        await Market.Get<ReadJournal>().ListAsync(currency ?? Currency.Usd, null, 1000, CancellationToken.None);

    public async Task<Dictionary<string, long>> BalancesAsync() =>
        (await Market.Get<ReadAccounts>().ListAsync(Currency.Usd, AsOf.Now, CancellationToken.None))
            .ToDictionary(b => b.Account.ToString(), b => b.Balance.MinorUnits);

    /// <summary>Changes a stored row behind the ledger's back.</summary>
    public async Task TamperAsync<T>(string rowKey, Func<T, T> change)
        where T : class
    {
        var partition = JournalRows.Of(Currency.Usd);
        var row = (await Market.Store.ReadAsync(partition, rowKey, CancellationToken.None))!;
        var body = MarketplaceJson.Serialize(change(MarketplaceJson.Deserialize<T>(row.Body)));
        await Market.Store.CommitAsync(new Commit(partition, null, [new EntityOperation.Replace(rowKey, body, row.ETag)], default), CancellationToken.None);
    }

    public ValueTask DisposeAsync() => Market.DisposeAsync();
}
