namespace Marketplace.Client.Models;

/// <summary>Pays in advance.</summary>
/// <param name="Amount">How much.</param>
public sealed record TopUpRequest(MoneyModel? Amount);

/// <summary>A payment in advance.</summary>
/// <param name="TopUpId">The top-up.</param>
/// <param name="OrganisationId">The buyer that pays.</param>
/// <param name="Status">
/// <c>pending</c> (being charged, or waiting for the buyer or its bank), <c>paid</c>, <c>declined</c> or <c>abandoned</c> (not completed in
/// time).
/// </param>
/// <param name="Amount">How much.</param>
/// <param name="Unused">What of it has paid nothing yet and was not given back.</param>
/// <param name="Refunds">What was given back of it unused, oldest first.</param>
/// <param name="CreatedAt">When it was asked for.</param>
/// <param name="EndedAt">When it was paid, declined or abandoned; null until then.</param>
/// <param name="ExternalId">The payment service's id; null until it was made there.</param>
public sealed record TopUpModel(
    string TopUpId,
    string OrganisationId,
    string Status,
    MoneyModel Amount,
    MoneyModel Unused,
    IReadOnlyList<TopUpRefundModel> Refunds,
    string CreatedAt,
    string? EndedAt,
    string? ExternalId);

/// <summary>With what the buyer completes a payment on a form of the payment service.</summary>
/// <param name="ClientSecret">Given to the service's own script, and to nobody else.</param>
public sealed record TopUpSecretModel(string ClientSecret);

/// <summary>Gives back unused credit.</summary>
/// <param name="Amount">How much; absent for all that is left of the top-up.</param>
public sealed record TopUpRefundRequest(MoneyModel? Amount = null);

/// <summary>Unused credit that goes back to where it came from.</summary>
/// <param name="RefundId">The refund.</param>
/// <param name="Status"><c>pending</c> or <c>made</c>.</param>
/// <param name="Amount">How much.</param>
/// <param name="OrderedAt">When it was asked for.</param>
/// <param name="MadeAt">When it was made; null until then.</param>
/// <param name="EntryId">Its ledger entry.</param>
/// <param name="ExternalId">The payment service's id; null until it is made.</param>
public sealed record TopUpRefundModel(
    string RefundId, string Status, MoneyModel Amount, string OrderedAt, string? MadeAt, string EntryId, string? ExternalId);
