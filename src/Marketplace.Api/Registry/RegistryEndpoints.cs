using Microsoft.AspNetCore.Routing;

namespace Marketplace.Api.Registry;

/// <summary>Everything of the registry.</summary>
internal static class RegistryEndpoints
{
    public static void MapRegistry(this IEndpointRouteBuilder v1)
    {
        v1.MapCatalogue();
        v1.MapOrganisations();
        v1.MapMachines();
        v1.MapEnrolments();
        v1.MapListings();
        v1.MapOffers();
    }
}
