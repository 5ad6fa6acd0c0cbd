using Marketplace.Billing.OpenAccount;
using Marketplace.Billing.Terms;
using Marketplace.Contracts;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Time;

namespace Marketplace.Billing.Credit;

/// <summary>What a buyer may still commit itself to, in one currency.</summary>
/// <param name="Limit">Up to how much it may owe; null for no limit.</param>
/// <param name="Prepaid">What it paid in advance and did not use.</param>
/// <param name="Owed">What it owes for use.</param>
/// <param name="Held">What is set aside for trades that are not delivered yet.</param>
public sealed record CreditStanding(Money? Limit, Money Prepaid, Money Owed, Money Held)
{
    /// <summary>Limit and what was paid in advance, less what is owed and held; null for no limit. Below zero where a limit was lowered, or bids traded at once.</summary>
    public Money? Available() => Limit is { } limit ? limit + Prepaid - Owed - Held : null;
}

/// <summary>A buyer's credit, of its terms and its accounts in the ledger: billing keeps no balance of its own.</summary>
public sealed class BuyerCredit(IPartitionStore store, IAccountStandings accounts, BillingTerms terms, TimeProvider time) : IBuyerCredit
{
    /// <summary>How the buyer stands in a currency.</summary>
    public async Task<CreditStanding> ReadAsync(OrganisationId buyer, Currency currency, CancellationToken cancellationToken)
    {
        var limits = await CreditTerms.ReadAsync(store, buyer, cancellationToken);
        return await ReadAsync(buyer, currency, limits.In(currency), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<bool> CoversAsync(OrganisationId buyer, Money cost, CancellationToken cancellationToken)
    {
        var limits = await CreditTerms.ReadAsync(store, buyer, cancellationToken);
        if (limits.In(cost.Currency) is not { } limit) return true;
        var standing = await ReadAsync(buyer, cost.Currency, limit, cancellationToken);
        var country = await KnownParty.ReadCountryAsync(store, buyer, cancellationToken);
        return cost + TradeHold.Tax(cost, terms.Taxes.At(country, time.Now())) <= standing.Available()!.Value;
    }

    private async Task<CreditStanding> ReadAsync(OrganisationId buyer, Currency currency, Money? limit, CancellationToken cancellationToken)
    {
        var receivable = await accounts.ReadAsync(new Account(AccountKind.BuyerReceivable, buyer), currency, cancellationToken);
        var prepaid = await accounts.ReadAsync(new Account(AccountKind.BuyerPrepaid, buyer), currency, cancellationToken);
        return new CreditStanding(limit, -prepaid.Posted, receivable.Posted, receivable.Pending);
    }
}
