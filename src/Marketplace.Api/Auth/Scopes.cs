namespace Marketplace.Api.Auth;

/// <summary>What a token allows.</summary>
public static class Scopes
{
    /// <summary>Registers organisations. Platform staff.</summary>
    public const string OrganisationsWrite = "organisations:write";

    /// <summary>Registers the organisation's machines and enrols their keys.</summary>
    public const string MachinesWrite = "machines:write";

    /// <summary>Lists the organisation's GPU-hours.</summary>
    public const string ListingsWrite = "listings:write";

    /// <summary>Bids for the organisation.</summary>
    public const string BidsWrite = "bids:write";

    /// <summary>Uses and gives up the organisation's leases.</summary>
    public const string LeasesWrite = "leases:write";

    /// <summary>Reads the platform's books, usage and reconciliations.</summary>
    public const string FinanceRead = "finance:read";

    /// <summary>Starts reconciliations, invoices and payouts.</summary>
    public const string FinanceWrite = "finance:write";

    /// <summary>Operates the platform: dead letters and the test clock.</summary>
    public const string Operator = "operator";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
        [OrganisationsWrite, MachinesWrite, ListingsWrite, BidsWrite, LeasesWrite, FinanceRead, FinanceWrite, Operator];

    /// <summary>What an organisation may be given for itself.</summary>
    public static IReadOnlyList<string> OfOrganisations { get; } = [MachinesWrite, ListingsWrite, BidsWrite, LeasesWrite];
}
