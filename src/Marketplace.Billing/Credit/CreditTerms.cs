using Marketplace.Billing.Rows;
using Marketplace.Runtime;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Work;

namespace Marketplace.Billing.Credit;

/// <summary>
/// Up to how much a buyer may owe, by currency. A currency without a limit has none: the buyer pays afterwards, whatever it uses.
/// </summary>
/// <param name="Limits">One per currency, none negative.</param>
/// <param name="Reason">Why finance set them.</param>
public sealed record CreditTerms(IReadOnlyList<Money> Limits, string Reason)
{
    /// <summary>No limits.</summary>
    public static CreditTerms None { get; } = new([], "");

    /// <summary>The limit in a currency, or null.</summary>
    public Money? In(Currency currency) => Limits.Where(limit => limit.Currency == currency).Select(limit => (Money?)limit).FirstOrDefault();

    internal static async Task<CreditTerms> ReadAsync(IPartitionStore store, OrganisationId buyer, CancellationToken cancellationToken) =>
        await store.ReadAsync(BillingRows.Of(buyer), BillingRows.CreditTerms, cancellationToken) is { } row
            ? MarketplaceJson.Deserialize<CreditTerms>(row.Body)
            : None;
}

/// <summary>Why credit terms are not set. In order of precedence.</summary>
public enum SetCreditTermsRefusal
{
    /// <summary>There is no such buyer, or its registration has not arrived yet.</summary>
    BuyerUnknown,

    /// <summary>A limit is negative.</summary>
    CreditLimitNegative,

    /// <summary>A currency has two limits.</summary>
    CreditLimitTwice,
}

/// <summary>Sets up to how much a buyer may owe. Holds of earlier trades stay as they are.</summary>
public sealed class SetCreditTerms(Workspace workspace)
{
    /// <summary>Replaces a buyer's limits.</summary>
    public Task<Attempt<CreditTerms, SetCreditTermsRefusal>> ExecuteAsync(
        OrganisationId buyer, CreditTerms terms, IdempotencyKey key, CancellationToken cancellationToken) =>
        workspace.AttemptAsync<CreditTerms, CreditTerms, SetCreditTermsRefusal>(
            BillingRows.Of(buyer),
            key,
            terms,
            async work =>
            {
                if (await work.ReadAsync<OpenAccount.BillingAccount>(BillingRows.Account, cancellationToken) is not { ExternalCustomerId: not null })
                    return SetCreditTermsRefusal.BuyerUnknown;
                if (terms.Limits.Any(limit => limit.IsNegative)) return SetCreditTermsRefusal.CreditLimitNegative;
                if (terms.Limits.DistinctBy(limit => limit.Currency).Count() < terms.Limits.Count) return SetCreditTermsRefusal.CreditLimitTwice;
                _ = await work.ReadAsync<CreditTerms>(BillingRows.CreditTerms, cancellationToken);
                work.Put(BillingRows.CreditTerms, terms);
                return terms;
            },
            cancellationToken);
}
