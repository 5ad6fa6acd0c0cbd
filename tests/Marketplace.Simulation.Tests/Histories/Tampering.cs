using Marketplace.Contracts;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Simulation.Tests.Histories;

/// <summary>
/// Stands between finance and the records of the others, and shows some of them altered, twice or not at all: what an error in a
/// module, or somebody with access to its rows or to the payment service's dashboard, would leave behind.
/// </summary>
internal sealed class Tampering
{
    private readonly Dictionary<Type, int> shown = [];

    public Func<UsageMetered, IEnumerable<UsageMetered>> Usage { get; set; } = As;

    public Func<RatedCharge, IEnumerable<RatedCharge>> Charges { get; set; } = As;

    public Func<LedgerEntry, IEnumerable<LedgerEntry>> Entries { get; set; } = As;

    public Func<ExternalInvoiceLine, IEnumerable<ExternalInvoiceLine>> Lines { get; set; } = As;

    public Func<ExternalPayment, IEnumerable<ExternalPayment>> Payments { get; set; } = As;

    public Func<ExternalTransfer, IEnumerable<ExternalTransfer>> Transfers { get; set; } = As;

    public Func<UsageAudit, IEnumerable<UsageAudit>> Readings { get; set; } = As;

    public Func<BookedPayout, IEnumerable<BookedPayout>> Payouts { get; set; } = As;

    public Func<ExternalCorrection, IEnumerable<ExternalCorrection>> Corrections { get; set; } = As;

    public Func<BookedTopUp, IEnumerable<BookedTopUp>> TopUps { get; set; } = As;

    public Func<BookedPrepaidUse, IEnumerable<BookedPrepaidUse>> PrepaidUses { get; set; } = As;

    public Func<BookedTopUpRefund, IEnumerable<BookedTopUpRefund>> TopUpRefunds { get; set; } = As;

    public Func<ExternalPrepaidUse, IEnumerable<ExternalPrepaidUse>> ExternalPrepaidUses { get; set; } = As;

    public Func<BookedHold, IEnumerable<BookedHold>> Holds { get; set; } = As;

    public Func<BookedDispute, IEnumerable<BookedDispute>> Disputes { get; set; } = As;

    public Func<BookedWriteOff, IEnumerable<BookedWriteOff>> WriteOffs { get; set; } = As;

    /// <summary>How many of a kind finance was shown so far, altered or not.</summary>
    public int Shown<T>() => shown.GetValueOrDefault(typeof(T));

    /// <summary>Puts itself before the ports that finance reads.</summary>
    public void Wrap(IServiceCollection services)
    {
        Wrap<IUsageRecords>(services, records => new TamperedUsage(this, records));
        Wrap<ILedgerRecords>(services, records => new TamperedLedger(this, records));
        Wrap<IPaymentRecords>(services, records => new TamperedPayments(this, records));
        Wrap<IUsageAudit>(services, records => new TamperedReadings(this, records));
        Wrap<IPayoutRecords>(services, records => new TamperedPayouts(this, records));
        Wrap<IServiceRecords>(services, records => new TamperedService(this, records));
        Wrap<IReserveRecords>(services, records => new TamperedReserves(this, records));
        Wrap<IPrepaidRecords>(services, records => new TamperedPrepaid(this, records));
    }

    private Func<T, IEnumerable<T>> Counted<T>(Func<T, IEnumerable<T>> alter) => record =>
    {
        shown[typeof(T)] = Shown<T>() + 1;
        return alter(record);
    };

    private static IEnumerable<T> As<T>(T record) => [record];

    private static void Wrap<T>(IServiceCollection services, Func<T, T> wrap)
        where T : class
    {
        var real = services.Last(service => service.ServiceType == typeof(T));
        services.Remove(real);
        services.AddScoped(provider => wrap((T)(real.ImplementationFactory?.Invoke(provider)
            ?? ActivatorUtilities.CreateInstance(provider, real.ImplementationType!))));
    }

    private sealed class TamperedUsage(Tampering tampering, IUsageRecords records) : IUsageRecords
    {
        public IAsyncEnumerable<UsageMetered> ListAsync(BillingPeriod period, CancellationToken cancellationToken) =>
            records.ListAsync(period, cancellationToken).SelectMany(tampering.Usage);
    }

    private sealed class TamperedLedger(Tampering tampering, ILedgerRecords records) : ILedgerRecords
    {
        public IAsyncEnumerable<LedgerEntry> ListAsync(Currency currency, BillingPeriod period, CancellationToken cancellationToken) =>
            records.ListAsync(currency, period, cancellationToken).SelectMany(tampering.Entries);

        public IAsyncEnumerable<LedgerEntry> ListHoldsAsync(Currency currency, BillingPeriod period, CancellationToken cancellationToken) =>
            records.ListHoldsAsync(currency, period, cancellationToken).SelectMany(tampering.Entries);
    }

    private sealed class TamperedPayments(Tampering tampering, IPaymentRecords records) : IPaymentRecords
    {
        public IAsyncEnumerable<RatedCharge> ListChargesAsync(BillingPeriod period, CancellationToken cancellationToken) =>
            records.ListChargesAsync(period, cancellationToken).SelectMany(tampering.Charges);

        public Task<BookedInvoice?> FindInvoiceAsync(InvoiceId invoice, CancellationToken cancellationToken) => records.FindInvoiceAsync(invoice, cancellationToken);

        public IAsyncEnumerable<ExternalInvoiceLine> ListInvoiceLinesAsync(BillingPeriod period, CancellationToken cancellationToken) =>
            records.ListInvoiceLinesAsync(period, cancellationToken).SelectMany(tampering.Lines);

        public IAsyncEnumerable<ExternalPayment> ListPaymentsAsync(BillingPeriod period, CancellationToken cancellationToken) =>
            records.ListPaymentsAsync(period, cancellationToken).SelectMany(tampering.Payments);

        public IAsyncEnumerable<ExternalTransfer> ListTransfersAsync(BillingPeriod period, CancellationToken cancellationToken) =>
            records.ListTransfersAsync(period, cancellationToken).SelectMany(tampering.Transfers);
    }

    // It reads the usage records as finance is shown them.
    private sealed class TamperedReadings(Tampering tampering, IUsageAudit records) : IUsageAudit
    {
        public IAsyncEnumerable<UsageAudit> AuditAsync(BillingPeriod period, CancellationToken cancellationToken) =>
            records.AuditAsync(period, cancellationToken).SelectMany(tampering.Readings);
    }

    private sealed class TamperedPayouts(Tampering tampering, IPayoutRecords records) : IPayoutRecords
    {
        public IAsyncEnumerable<BookedPayout> ListAsync(BillingPeriod period, CancellationToken cancellationToken) =>
            records.ListAsync(period, cancellationToken).SelectMany(tampering.Payouts);

        public IAsyncEnumerable<BookedPayout> ListReversedAsync(BillingPeriod period, CancellationToken cancellationToken) =>
            records.ListReversedAsync(period, cancellationToken).SelectMany(tampering.Payouts);
    }

    private sealed class TamperedService(Tampering tampering, IServiceRecords records) : IServiceRecords
    {
        public IAsyncEnumerable<ExternalCorrection> ListCorrectionsAsync(BillingPeriod period, CancellationToken cancellationToken) =>
            records.ListCorrectionsAsync(period, cancellationToken).SelectMany(tampering.Corrections);

        public IAsyncEnumerable<ExternalBankPayout> ListBankPayoutsAsync(BillingPeriod period, CancellationToken cancellationToken) =>
            records.ListBankPayoutsAsync(period, cancellationToken);

        public IAsyncEnumerable<ExternalPrepaidUse> ListPrepaidUsesAsync(BillingPeriod period, CancellationToken cancellationToken) =>
            records.ListPrepaidUsesAsync(period, cancellationToken).SelectMany(tampering.ExternalPrepaidUses);
    }

    private sealed class TamperedReserves(Tampering tampering, IReserveRecords records) : IReserveRecords
    {
        public IAsyncEnumerable<BookedHold> ListHoldsAsync(BillingPeriod period, CancellationToken cancellationToken) =>
            records.ListHoldsAsync(period, cancellationToken).SelectMany(tampering.Counted(tampering.Holds));

        public IAsyncEnumerable<BookedDispute> ListDisputesAsync(BillingPeriod period, CancellationToken cancellationToken) =>
            records.ListDisputesAsync(period, cancellationToken).SelectMany(tampering.Counted(tampering.Disputes));

        public IAsyncEnumerable<BookedWriteOff> ListWriteOffsAsync(BillingPeriod period, CancellationToken cancellationToken) =>
            records.ListWriteOffsAsync(period, cancellationToken).SelectMany(tampering.Counted(tampering.WriteOffs));
    }

    private sealed class TamperedPrepaid(Tampering tampering, IPrepaidRecords records) : IPrepaidRecords
    {
        public IAsyncEnumerable<BookedTopUp> ListTopUpsAsync(BillingPeriod period, CancellationToken cancellationToken) =>
            records.ListTopUpsAsync(period, cancellationToken).SelectMany(tampering.TopUps);

        public IAsyncEnumerable<BookedPrepaidUse> ListUsesAsync(BillingPeriod period, CancellationToken cancellationToken) =>
            records.ListUsesAsync(period, cancellationToken).SelectMany(tampering.PrepaidUses);

        public IAsyncEnumerable<BookedTopUpRefund> ListRefundsAsync(BillingPeriod period, CancellationToken cancellationToken) =>
            records.ListRefundsAsync(period, cancellationToken).SelectMany(tampering.TopUpRefunds);
    }
}
