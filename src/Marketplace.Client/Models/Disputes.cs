namespace Marketplace.Client.Models;

/// <summary>Contests a charge.</summary>
/// <param name="Reason">1 to 500 characters; finance and the other side read it.</param>
public sealed record OpenDisputeRequest(string? Reason);

/// <summary>Decides a dispute.</summary>
/// <param name="Outcome"><c>release</c>: the provider is right; <c>credit</c>: the buyer is.</param>
/// <param name="Reason">1 to 500 characters; both sides read it.</param>
/// <param name="Amount">With <c>credit</c>, how much of the line, tax included; absent for all that is left.</param>
public sealed record ResolveDisputeRequest(string? Outcome, string? Reason, MoneyModel? Amount = null);

/// <summary>A contested charge.</summary>
/// <param name="DisputeId">The dispute.</param>
/// <param name="InvoiceId">The invoice that the charge is on.</param>
/// <param name="UsageId">Its usage record.</param>
/// <param name="Buyer">Who pays.</param>
/// <param name="Provider">Who is paid.</param>
/// <param name="OpenedBy">Which of the two contests.</param>
/// <param name="Status"><c>open</c>, <c>released</c> or <c>credited</c>.</param>
/// <param name="Amount">What was left of the line when it was contested, tax included.</param>
/// <param name="Reason">Why it is contested.</param>
/// <param name="OpenedAt">When.</param>
/// <param name="Resolution">Why finance decided so; null while open.</param>
/// <param name="ResolvedAt">When finance decided; null while open.</param>
/// <param name="CreditId">The credit note or refund that followed; null where there is none.</param>
public sealed record DisputeModel(
    string DisputeId,
    string InvoiceId,
    string UsageId,
    string Buyer,
    string Provider,
    string OpenedBy,
    string Status,
    MoneyModel Amount,
    string Reason,
    string OpenedAt,
    string? Resolution,
    string? ResolvedAt,
    string? CreditId);
