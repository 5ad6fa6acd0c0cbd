using Marketplace.Billing.OpenAccount;
using Marketplace.Billing.Rows;
using Marketplace.Billing.Terms;
using Marketplace.Runtime;
using Marketplace.Runtime.Work;

namespace Marketplace.Billing.PayProviders;

/// <summary>Why payout terms are refused. In order of precedence.</summary>
public enum SetPayoutTermsRefusal
{
    /// <summary>The organisation has no account to be paid to.</summary>
    ProviderUnknown,

    /// <summary>A currency has two minimums.</summary>
    MinimumRepeated,
}

/// <summary>Sets and reads when a provider is paid.</summary>
public sealed class SetPayoutTerms(Workspace workspace, BillingTerms terms)
{
    /// <summary>Sets a provider's own terms.</summary>
    public Task<Attempt<PayoutTerms, SetPayoutTermsRefusal>> ExecuteAsync(
        OrganisationId provider, PayoutSchedule schedule, IReadOnlyList<Money> minimum, IdempotencyKey key, CancellationToken cancellationToken) =>
        workspace.AttemptAsync<Request, PayoutTerms, SetPayoutTermsRefusal>(
            BillingRows.Of(provider),
            key,
            new Request(schedule, minimum),
            async work =>
            {
                if (await work.ReadAsync<BillingAccount>(BillingRows.Account, cancellationToken) is not { ExternalAccountId: not null })
                    return SetPayoutTermsRefusal.ProviderUnknown;
                if (minimum.DistinctBy(amount => amount.Currency).Count() < minimum.Count) return SetPayoutTermsRefusal.MinimumRepeated;
                _ = await work.ReadAsync<PayoutTerms>(BillingRows.PayoutTerms, cancellationToken);
                var own = PayoutTerms.Of(schedule, minimum);
                work.Put(BillingRows.PayoutTerms, own);
                return own;
            },
            cancellationToken);

    /// <summary>A provider's terms: its own, or those of everybody.</summary>
    public async Task<PayoutTerms> ReadAsync(OrganisationId provider, CancellationToken cancellationToken) =>
        await workspace.Store.ReadAsync(BillingRows.Of(provider), BillingRows.PayoutTerms, cancellationToken) is { } row
            ? MarketplaceJson.Deserialize<PayoutTerms>(row.Body)
            : terms.Payouts;

    private sealed record Request(PayoutSchedule Schedule, IReadOnlyList<Money> Minimum);
}
