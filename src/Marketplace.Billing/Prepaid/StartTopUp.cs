using Marketplace.Billing.OpenAccount;
using Marketplace.Billing.Rows;
using Marketplace.Billing.Terms;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Billing.Prepaid;

/// <summary>Has a buyer pay in advance. The payment is made by message, so that a repeated request is one payment.</summary>
public sealed class StartTopUp(Workspace workspace, BillingTerms terms, TimeProvider time, IIdSource ids)
{
    /// <summary>Orders a payment in advance.</summary>
    public Task<Attempt<TopUp, StartTopUpRefusal>> ExecuteAsync(
        OrganisationId buyer, Money amount, IdempotencyKey key, CancellationToken cancellationToken) =>
        workspace.AttemptAsync<Money, TopUp, StartTopUpRefusal>(
            BillingRows.Of(buyer),
            key,
            amount,
            async work =>
            {
                if (await work.ReadAsync<BillingAccount>(BillingRows.Account, cancellationToken) is not { ExternalCustomerId: not null })
                    return StartTopUpRefusal.BuyerUnknown;
                if (TopUpRules.Refusal(amount, terms) is { } refusal) return refusal;
                var topUp = new TopUp(ids.Next<TopUpKind>(), buyer, amount, TopUpState.Pending, time.Now(), ids.Next<EntryKind>(), []);
                var row = BillingRows.TopUp(topUp.TopUpId);
                work.Put(row, topUp);
                work.Send(new IndexBillingRow(BillingIndex.TopUps, row, buyer));
                work.Send(new ChargeTopUp(buyer, topUp.TopUpId));
                return topUp;
            },
            cancellationToken);
}
