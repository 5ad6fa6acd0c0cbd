using Marketplace.Billing.Credit;
using Marketplace.Billing.MirrorMeters;
using Marketplace.Billing.OpenAccount;
using Marketplace.Billing.Rows;
using Marketplace.Billing.Terms;
using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using NodaTime;

namespace Marketplace.Billing.RateUsage;

/// <summary>Marks a charge as unbilled; the charge itself is another row.</summary>
/// <param name="UsageId">The charge's usage record.</param>
internal sealed record UnbilledCharge(UsageId UsageId);

/// <summary>Rates a usage record once, books it and puts it on the buyer's unbilled list.</summary>
public sealed class RateUsageHandler(Workspace workspace, BillingTerms terms, IPeriods periods, TimeProvider time, IIdSource ids) : IMessageHandler<UsageMetered>
{
    /// <inheritdoc/>
    public Task HandleAsync(UsageMetered message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(
            BillingRows.Of(message.Buyer),
            context,
            async work =>
            {
                var key = BillingRows.Charge(message.UsageId);
                // The same record may come again in another message; it is one charge all the same.
                if (await work.ReadAsync<Charge>(key, cancellationToken) is not null) return;
                var provider = await KnownParty.ReadCountryAsync(workspace.Store, message.Provider, cancellationToken);
                var buyer = await KnownParty.ReadCountryAsync(workspace.Store, message.Buyer, cancellationToken);
                var charge = Rating.Rate(
                    message, terms.Fees.At(provider, message.MeteredAt), terms.Taxes.At(buyer, message.MeteredAt),
                    await ClosedAsync(message, cancellationToken), ids.Next<EntryKind>(), time.Now());
                work.Put(key, charge);
                work.Send(new IndexBillingRow(BillingIndex.Charges(charge.Period), key, charge.Buyer));
                if (terms.MirrorsMeters && charge.Used != GpuTime.Zero)
                    work.Send(new MirrorUsage(charge.Buyer, charge.UsageId, charge.Used, charge.To - Duration.FromSeconds(1)));
                if (charge.Total().IsZero) return;
                work.Put(BillingRows.Unbilled(charge.Amount.Currency, charge.Period, charge.UsageId), new UnbilledCharge(charge.UsageId));
                await BookAsync(work, charge, message, cancellationToken);
            },
            cancellationToken);

    /// <summary>Out of what was set aside for the lease, where something was.</summary>
    private static async Task BookAsync(PartitionWork work, Charge charge, UsageMetered message, CancellationToken cancellationToken)
    {
        var entry = Rating.Entry(charge, message.MeteredAt);
        var held = await work.ReadAsync<TradeHold>(BillingRows.TradeHold(message.LeaseId), cancellationToken);
        if (held is { IsReleased: false }) work.Send(held.Capture(entry));
        else work.Send(entry);
    }

    private async Task<IReadOnlySet<BillingPeriod>> ClosedAsync(UsageMetered usage, CancellationToken cancellationToken)
    {
        var closed = new HashSet<BillingPeriod>();
        var (used, metered) = Rating.MonthsOf(usage);
        foreach (var period in new[] { used, metered }.Distinct())
        {
            if (await periods.IsClosedAsync(period, cancellationToken)) closed.Add(period);
        }

        return closed;
    }
}
