using Marketplace.Billing.Payments;
using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Billing.Records;

/// <summary>Reads corrections, bank payouts and what was paid in advance of the payment service.</summary>
public sealed class ServiceRecords(IPaymentGateway gateway) : IServiceRecords
{
    /// <inheritdoc/>
    public IAsyncEnumerable<ExternalCorrection> ListCorrectionsAsync(BillingPeriod period, CancellationToken cancellationToken) =>
        gateway.ListCorrectionsAsync(new Interval(period.Start, period.End), cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<ExternalBankPayout> ListBankPayoutsAsync(BillingPeriod period, CancellationToken cancellationToken) =>
        gateway.ListBankPayoutsAsync(new Interval(period.Start, period.End), cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<ExternalPrepaidUse> ListPrepaidUsesAsync(BillingPeriod period, CancellationToken cancellationToken) =>
        gateway.ListPrepaidUsesAsync(new Interval(period.Start, period.End), cancellationToken);
}
