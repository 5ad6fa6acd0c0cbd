namespace Marketplace.Registry.RegisterOrganisation;

/// <summary>Command: let an organisation take part.</summary>
/// <param name="Name">1 to 200 characters, none of them a control character.</param>
/// <param name="Email">One address of at most 254 characters.</param>
/// <param name="CountryCode">ISO 3166-1 alpha-2, capitals.</param>
/// <param name="Provides">Whether it lists capacity.</param>
/// <param name="Buys">Whether it bids.</param>
public sealed record RegisterOrganisation(string Name, string Email, string CountryCode, bool Provides, bool Buys);

/// <summary>Why an organisation is not registered; the first that applies.</summary>
public enum RegisterOrganisationRefusal
{
    /// <summary>The name is empty, longer than 200 characters, or has control characters.</summary>
    NameMalformed,

    /// <summary>The address has no single @ between two parts, has blanks, or is longer than 254 characters.</summary>
    EmailMalformed,

    /// <summary>The country is not two capitals.</summary>
    CountryMalformed,

    /// <summary>It neither provides nor buys.</summary>
    NoRole,
}
