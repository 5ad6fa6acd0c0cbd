using NodaTime;

namespace Marketplace.Registry.Organisations;

/// <summary>A party of the market.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Email">Where invoices and payout notices go.</param>
/// <param name="CountryCode">ISO 3166-1 alpha-2, capitals.</param>
/// <param name="Provides">Whether it lists capacity.</param>
/// <param name="Buys">Whether it bids.</param>
/// <param name="RegisteredAt">When it was registered.</param>
public sealed record Organisation(
    OrganisationId Id, string Name, string Email, string CountryCode, bool Provides, bool Buys, Instant RegisteredAt);
