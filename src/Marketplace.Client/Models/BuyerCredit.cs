namespace Marketplace.Client.Models;

/// <summary>What a buyer may still commit itself to.</summary>
/// <param name="OrganisationId">The buyer.</param>
/// <param name="Currencies">One per currency.</param>
public sealed record BuyerCreditModel(string OrganisationId, IReadOnlyList<CreditInCurrencyModel> Currencies);

/// <summary>A buyer's credit in one currency.</summary>
/// <param name="Limit">Up to how much it may owe; null for no limit.</param>
/// <param name="Prepaid">What it paid in advance and did not use.</param>
/// <param name="Owed">What it owes for use.</param>
/// <param name="Held">What is set aside for trades that are not delivered yet.</param>
/// <param name="Available">What is left: limit and what was paid in advance, less what is owed and held; null for no limit.</param>
public sealed record CreditInCurrencyModel(MoneyModel? Limit, MoneyModel Prepaid, MoneyModel Owed, MoneyModel Held, MoneyModel? Available);

/// <summary>Replaces a buyer's credit limits.</summary>
/// <param name="Limits">One per currency; a currency without one has no limit.</param>
/// <param name="Reason">Why: one line of at most 500 characters.</param>
public sealed record SetCreditLimitsRequest(IReadOnlyList<MoneyModel>? Limits, string? Reason);
