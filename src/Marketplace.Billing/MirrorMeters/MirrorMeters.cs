using Marketplace.Billing.OpenAccount;
using Marketplace.Billing.Payments;
using Marketplace.Billing.Rows;
using Marketplace.Contracts;
using Marketplace.Runtime;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using NodaTime;

namespace Marketplace.Billing.MirrorMeters;

/// <summary>Command: mirror metered use to the payment service's meters.</summary>
/// <param name="Buyer">Who used it.</param>
/// <param name="UsageId">The usage record; the event's identifier.</param>
/// <param name="Used">GPU-seconds.</param>
/// <param name="UsedAt">The last second of use.</param>
public sealed record MirrorUsage(OrganisationId Buyer, UsageId UsageId, GpuTime Used, Instant UsedAt) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "billing.mirror-usage.v1";
}

/// <summary>
/// Mirrors usage where the terms switch it on. Nothing is decided by the mirror: a record that is too old for it is left out, and the
/// charge stands all the same.
/// </summary>
public sealed class MirrorMetersHandler(Workspace workspace, IPaymentGateway gateway, TimeProvider time) : IMessageHandler<MirrorUsage>
{
    /// <summary>The oldest use that the service's meters take, less an hour for clocks that differ.</summary>
    public static readonly Duration MaxAge = Duration.FromDays(35) - Duration.FromHours(1);

    /// <inheritdoc/>
    public async Task HandleAsync(MirrorUsage message, MessageContext context, CancellationToken cancellationToken)
    {
        if (time.Now() - message.UsedAt > MaxAge) return;
        var account = await workspace.Store.ReadAsync(BillingRows.Of(message.Buyer), BillingRows.Account, cancellationToken);
        var customer = account is null ? null : MarketplaceJson.Deserialize<BillingAccount>(account.Body).ExternalCustomerId;
        if (customer is null) throw new InvalidOperationException($"The buyer {message.Buyer} has no customer yet.");
        var meterEvent = new MeterEvent(message.UsageId, customer, message.Used, message.UsedAt);
        await gateway.ReportMeterEventAsync(meterEvent, context.OccurredAt, cancellationToken);
    }
}
