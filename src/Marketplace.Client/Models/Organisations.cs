namespace Marketplace.Client.Models;

/// <summary>Registers an organisation.</summary>
/// <param name="Name">1 to 200 characters.</param>
/// <param name="Email">Where invoices and payout notices go.</param>
/// <param name="CountryCode">ISO 3166-1 alpha-2, capitals.</param>
/// <param name="Roles"><c>provider</c>, <c>buyer</c> or both.</param>
public sealed record RegisterOrganisationRequest(string? Name, string? Email, string? CountryCode, IReadOnlyList<string>? Roles);

/// <summary>An organisation.</summary>
/// <param name="OrganisationId">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Email">Where invoices and payout notices go.</param>
/// <param name="CountryCode">ISO 3166-1 alpha-2.</param>
/// <param name="Roles"><c>provider</c>, <c>buyer</c> or both.</param>
/// <param name="RegisteredAt">When it was registered.</param>
public sealed record OrganisationModel(
    string OrganisationId, string Name, string Email, string CountryCode, IReadOnlyList<string> Roles, string RegisteredAt);
