using System.Runtime.CompilerServices;
using Marketplace.Contracts;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Finance.Tests;

/// <summary>A world as the other modules' records.</summary>
internal sealed class WorldRecords(ConsistentWorld world)  :
    IUsageRecords, IUsageAudit, ILedgerRecords, IPaymentRecords, ICreditRecords, IPayoutRecords, IServiceRecords, ICostRecords, IPrepaidRecords,
    IAccountStandings, IReserveRecords
{
    public static void Register(IServiceCollection services, ConsistentWorld world)
    {
        var records = new WorldRecords(world);
        services.AddSingleton<IUsageRecords>(records);
        services.AddSingleton<ILedgerRecords>(records);
        services.AddSingleton<IPaymentRecords>(records);
        services.AddSingleton<IUsageAudit>(records);
        services.AddSingleton<ICreditRecords>(records);
        services.AddSingleton<IPayoutRecords>(records);
        services.AddSingleton<IServiceRecords>(records);
        services.AddSingleton<ICostRecords>(records);
        services.AddSingleton<IPrepaidRecords>(records);
        services.AddSingleton<IAccountStandings>(records);
        services.AddSingleton<IReserveRecords>(records);
        services.AddSingleton<ILeasedCapacities, SoldTerms>();
        services.AddSingleton<IOrganisationNames, SoldTerms>();
        services.AddSingleton<ICatalogue, SoldTerms>();
    }

    public IAsyncEnumerable<UsageMetered> ListAsync(BillingPeriod period, CancellationToken cancellationToken) =>
        world.Usage.Where(u => BillingPeriod.Containing(u.MeteredAt) == period).ToAsyncEnumerable();

    public IAsyncEnumerable<LedgerEntry> ListAsync(Currency currency, BillingPeriod period, CancellationToken cancellationToken) =>
        world.Entries.Where(e => e.Entry.Currency == currency && BillingPeriod.Containing(e.Entry.BookedAt) == period).ToAsyncEnumerable();

    public IAsyncEnumerable<LedgerEntry> ListHoldsAsync(Currency currency, BillingPeriod period, CancellationToken cancellationToken) =>
        world.HoldEntries.Where(e => e.Entry.Currency == currency && BillingPeriod.Containing(e.Entry.BookedAt) == period).ToAsyncEnumerable();

    public IAsyncEnumerable<BookedHold> ListHoldsAsync(BillingPeriod period, CancellationToken cancellationToken) =>
        world.Holds.Where(h => BillingPeriod.Containing(h.PlacedAt) == period).ToAsyncEnumerable();

    public IAsyncEnumerable<BookedDispute> ListDisputesAsync(BillingPeriod period, CancellationToken cancellationToken) => world.Disputes
        .Where(d => BillingPeriod.Containing(d.HeldAt) == period || (d.ReleasedAt is { } at && BillingPeriod.Containing(at) == period)).ToAsyncEnumerable();

    public IAsyncEnumerable<BookedWriteOff> ListWriteOffsAsync(BillingPeriod period, CancellationToken cancellationToken) =>
        world.WriteOffs.Where(w => BillingPeriod.Containing(w.At) == period).ToAsyncEnumerable();

    public IAsyncEnumerable<Posting> ListAsync(AccountKind kind, Currency currency, NodaTime.Instant before, CancellationToken cancellationToken) => world.Entries
        .Where(e => e.Entry.Currency == currency && e.Entry.BookedAt < before).SelectMany(e => e.Entry.Postings).Where(p => p.Account.Kind == kind)
        .GroupBy(p => p.Account, (account, of) => new Posting(account, of.Aggregate(Money.Zero(currency), (sum, p) => sum + p.Amount)))
        .Where(p => !p.Amount.IsZero).ToAsyncEnumerable();

    public Task<AccountStanding> ReadAsync(Account account, Currency currency, CancellationToken cancellationToken) => throw new NotSupportedException("Finance does not ask for that.");

    public IAsyncEnumerable<RatedCharge> ListChargesAsync(BillingPeriod period, CancellationToken cancellationToken) =>
        world.Charges.Where(c => BillingPeriod.Containing(c.RatedAt) == period).ToAsyncEnumerable();

    public Task<BookedInvoice?> FindInvoiceAsync(InvoiceId invoice, CancellationToken cancellationToken) => Task.FromResult<BookedInvoice?>(null);

    public IAsyncEnumerable<ExternalInvoiceLine> ListInvoiceLinesAsync(BillingPeriod period, CancellationToken cancellationToken) =>
        world.Lines.Where(l => l.CreatedAt >= period.Start).ToAsyncEnumerable();

    public IAsyncEnumerable<ExternalPayment> ListPaymentsAsync(BillingPeriod period, CancellationToken cancellationToken) =>
        world.Payments.Where(p => BillingPeriod.Containing(p.CreatedAt) == period).ToAsyncEnumerable();

    public IAsyncEnumerable<ExternalTransfer> ListTransfersAsync(BillingPeriod period, CancellationToken cancellationToken) =>
        world.Transfers.Where(t => BillingPeriod.Containing(t.CreatedAt) == period).ToAsyncEnumerable();

    public async IAsyncEnumerable<UsageAudit> AuditAsync(BillingPeriod period, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var usage in ListAsync(period, cancellationToken))
        {
            var check = world.Readings[usage.UsageId];
            yield return new UsageAudit(usage, check.Recomputed, usage.Hours, check.IsWhole);
        }
    }

    public IAsyncEnumerable<ExternalCorrection> ListCorrectionsAsync(BillingPeriod period, CancellationToken cancellationToken) =>
        world.Corrections.Where(c => BillingPeriod.Containing(c.CreatedAt) == period).ToAsyncEnumerable();

    public IAsyncEnumerable<ExternalBankPayout> ListBankPayoutsAsync(BillingPeriod period, CancellationToken cancellationToken) =>
        world.BankPayouts.Where(p => BillingPeriod.Containing(p.CreatedAt) == period).ToAsyncEnumerable();

    public IAsyncEnumerable<ExternalPrepaidUse> ListPrepaidUsesAsync(BillingPeriod period, CancellationToken cancellationToken) =>
        world.ExternalPrepaidUses.Where(u => BillingPeriod.Containing(u.CreatedAt) == period).ToAsyncEnumerable();

    public IAsyncEnumerable<BookedTopUp> ListTopUpsAsync(BillingPeriod period, CancellationToken cancellationToken) =>
        world.TopUps.Where(t => BillingPeriod.Containing(t.PaidAt) == period).ToAsyncEnumerable();

    public IAsyncEnumerable<BookedPrepaidUse> ListUsesAsync(BillingPeriod period, CancellationToken cancellationToken) =>
        world.PrepaidUses.Where(u => BillingPeriod.Containing(u.UsedAt) == period).ToAsyncEnumerable();

    public IAsyncEnumerable<BookedTopUpRefund> ListRefundsAsync(BillingPeriod period, CancellationToken cancellationToken) =>
        world.TopUpRefunds.Where(r => BillingPeriod.Containing(r.OrderedAt) == period).ToAsyncEnumerable();

    IAsyncEnumerable<BookedCredit> ICreditRecords.ListAsync(BillingPeriod period, CancellationToken cancellationToken) =>
        world.Credits.Where(c => BillingPeriod.Containing(c.BookedAt) == period).ToAsyncEnumerable();

    IAsyncEnumerable<BookedPayout> IPayoutRecords.ListAsync(BillingPeriod period, CancellationToken cancellationToken) =>
        world.Payouts.Where(p => BillingPeriod.Containing(p.CreatedAt) == period).ToAsyncEnumerable();

    IAsyncEnumerable<BookedPayout> IPayoutRecords.ListReversedAsync(BillingPeriod period, CancellationToken cancellationToken) =>
        world.Payouts.Where(p => p.Reversals.Any(r => r.MadeAt is { } at && BillingPeriod.Containing(at) == period)).ToAsyncEnumerable();

    IAsyncEnumerable<CostRecord> ICostRecords.ListAsync(BillingPeriod period, CancellationToken cancellationToken) => AsyncEnumerable.Empty<CostRecord>();

    Task<CostRecord?> ICostRecords.FindAsync(OrganisationId buyer, UsageId usage, CancellationToken cancellationToken) => Task.FromResult<CostRecord?>(null);

    IAsyncEnumerable<InvoiceRecord> ICostRecords.ListInvoicesAsync(BillingPeriod period, CancellationToken cancellationToken) =>
        AsyncEnumerable.Empty<InvoiceRecord>();
}
