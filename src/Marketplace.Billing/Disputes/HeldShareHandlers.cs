using Marketplace.Billing.PayProviders;
using Marketplace.Billing.Rows;
using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using NodaTime;

namespace Marketplace.Billing.Disputes;

/// <summary>A contested share, as its provider's partition has it.</summary>
/// <param name="UsageId">The charge's usage record.</param>
/// <param name="DisputeId">The dispute.</param>
/// <param name="Held">What the dispute hold account has of it; null where it was paid out before.</param>
/// <param name="Payable">What may be paid out once it is released; null while the buyer has not paid.</param>
public sealed record HeldShare(UsageId UsageId, DisputeId DisputeId, Money? Held, Payable? Payable);

/// <summary>What the dispute hold account had, or has, for a dispute: kept for reconciliation.</summary>
/// <param name="DisputeId">The dispute.</param>
/// <param name="UsageId">The charge's usage record.</param>
/// <param name="Provider">Whose share.</param>
/// <param name="Amount">How much.</param>
/// <param name="HeldAt">When it was held.</param>
/// <param name="ReleasedAt">When it was let go; null while it is held.</param>
internal sealed record HeldForDispute(
    DisputeId DisputeId, UsageId UsageId, OrganisationId Provider, Money Amount, Instant HeldAt, Instant? ReleasedAt = null);

/// <summary>Holds shares back and lets them go. What is held is not in the list that payouts are made of.</summary>
public sealed class HeldShareHandlers(Workspace workspace, TimeProvider time, IIdSource ids) : IMessageHandler<HoldShare>, IMessageHandler<ReleaseShare>
{
    /// <inheritdoc/>
    public Task HandleAsync(HoldShare message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(
            BillingRows.Of(message.Provider),
            context,
            async work =>
            {
                var waiting = BillingRows.Payable(message.Share.Currency, message.InvoiceId, message.UsageId);
                var payable = await work.ReadAsync<Payable>(waiting, cancellationToken);
                var isPaidOut = payable is null && await work.ReadAsync<PaidShare>(BillingRows.PaidShare(message.UsageId), cancellationToken) is not null;
                if (payable is not null) work.Delete(waiting);
                var held = new HeldShare(message.UsageId, message.DisputeId, isPaidOut ? null : message.Share, payable);
                work.Put(BillingRows.HeldShare(message.UsageId), held);
                if (held.Held is not { } amount) return;
                var kept = new HeldForDispute(message.DisputeId, message.UsageId, message.Provider, amount, time.Now());
                Keep(work, kept, kept.HeldAt);
                work.Send(Entry(message.Provider, message.DisputeId, EntryReason.DisputeHeld, amount, kept.HeldAt));
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task HandleAsync(ReleaseShare message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(
            BillingRows.Of(message.Provider),
            context,
            async work =>
            {
                var key = BillingRows.HeldShare(message.UsageId);
                var held = await work.ReadAsync<HeldShare>(key, cancellationToken);
                if (held?.DisputeId != message.DisputeId) throw new InvalidOperationException($"The hold of {message.DisputeId} is on its way.");
                work.Delete(key);
                if (held.Payable is { Amount.IsZero: false } payable) work.Put(BillingRows.Payable(payable.Amount.Currency, payable.InvoiceId, payable.UsageId), payable);
                if (held.Held is not { } amount) return;
                var kept = (await work.ReadAsync<HeldForDispute>(BillingRows.HeldForDispute(message.DisputeId), cancellationToken))!;
                var released = kept with { ReleasedAt = time.Now() };
                Keep(work, released, released.ReleasedAt.Value);
                work.Send(Entry(message.Provider, message.DisputeId, EntryReason.DisputeReleased, -amount, released.ReleasedAt.Value));
            },
            cancellationToken);

    private static void Keep(PartitionWork work, HeldForDispute kept, Instant at)
    {
        var row = BillingRows.HeldForDispute(kept.DisputeId);
        work.Put(row, kept);
        work.Send(new IndexBillingRow(BillingIndex.Reserves(BillingPeriod.Containing(at)), row, kept.Provider));
    }

    private RecordEntry Entry(OrganisationId provider, DisputeId dispute, EntryReason reason, Money amount, Instant bookedAt) => new(
        ids.Next<EntryKind>(),
        amount.Currency,
        reason,
        dispute.ToString(),
        bookedAt,
        [new Posting(new Account(AccountKind.ProviderPayable, provider), amount), new Posting(new Account(AccountKind.DisputeHold, provider), -amount)]);
}
