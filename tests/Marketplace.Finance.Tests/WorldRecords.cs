using Marketplace.Contracts;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Finance.Tests;

/// <summary>A world as the other modules' records.</summary>
internal sealed class WorldRecords(ConsistentWorld world) : IUsageRecords, ILedgerRecords, IPaymentRecords
{
    public static void Register(IServiceCollection services, ConsistentWorld world)
    {
        var records = new WorldRecords(world);
        services.AddSingleton<IUsageRecords>(records);
        services.AddSingleton<ILedgerRecords>(records);
        services.AddSingleton<IPaymentRecords>(records);
    }

    public IAsyncEnumerable<UsageMetered> ListAsync(BillingPeriod period, CancellationToken cancellationToken) =>
        world.Usage.Where(u => BillingPeriod.Containing(u.MeteredAt) == period).ToAsyncEnumerable();

    public IAsyncEnumerable<LedgerEntry> ListAsync(Currency currency, BillingPeriod period, CancellationToken cancellationToken) =>
        world.Entries.Where(e => e.Entry.Currency == currency && BillingPeriod.Containing(e.Entry.BookedAt) == period).ToAsyncEnumerable();

    public IAsyncEnumerable<RatedCharge> ListChargesAsync(BillingPeriod period, CancellationToken cancellationToken) =>
        world.Charges.Where(c => BillingPeriod.Containing(c.RatedAt) == period).ToAsyncEnumerable();

    public IAsyncEnumerable<ExternalInvoiceLine> ListInvoiceLinesAsync(BillingPeriod period, CancellationToken cancellationToken) =>
        world.Lines.Where(l => l.CreatedAt >= period.Start).ToAsyncEnumerable();

    public IAsyncEnumerable<ExternalPayment> ListPaymentsAsync(BillingPeriod period, CancellationToken cancellationToken) =>
        world.Payments.Where(p => BillingPeriod.Containing(p.CreatedAt) == period).ToAsyncEnumerable();

    public IAsyncEnumerable<ExternalTransfer> ListTransfersAsync(BillingPeriod period, CancellationToken cancellationToken) =>
        world.Transfers.Where(t => BillingPeriod.Containing(t.CreatedAt) == period).ToAsyncEnumerable();
}
