namespace Marketplace.Contracts;

/// <summary>Tells what organisations are called.</summary>
public interface IOrganisationNames
{
    /// <summary>The name that an organisation registered with, or null if there is no such organisation.</summary>
    Task<string?> FindNameAsync(OrganisationId organisation, CancellationToken cancellationToken);
}
