using Marketplace.Api.Answers;
using Marketplace.Api.OpenApi;
using Marketplace.Api.Problems;
using Marketplace.Api.Requests;
using Marketplace.Client.Models;
using Marketplace.Contracts;
using Marketplace.Registry.ResolveResource;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketplace.Api.Registry;

/// <summary>What everybody may look up: classes, hubs and registered resources.</summary>
internal static class CatalogueEndpoints
{
    public static void MapCatalogue(this IEndpointRouteBuilder v1)
    {
        v1.MapGet("/models", (ICatalogue catalogue) => Answer.Ok(PageQuery.Page<GpuModelModel>([.. catalogue.Models.Select(RegistryModels.ToModel)], null)))
            .WithTags("Catalogue").AllowAnonymous()
            .Operates("listModels", "Lists the classes of the catalogue with the bounds of their datasheets; all in one page.")
            .Answers<Page<GpuModelModel>>();
        v1.MapGet("/hubs", (ICatalogue catalogue) => Answer.Ok(PageQuery.Page<HubModel>([.. catalogue.Hubs.Select(RegistryModels.ToModel)], null)))
            .WithTags("Catalogue").AllowAnonymous()
            .Operates("listHubs", "Lists the national computing hubs and their clusters; all in one page.")
            .Answers<Page<HubModel>>();
        v1.MapGet("/resources/{identifier}", ResolveAsync)
            .WithTags("Catalogue").AllowAnonymous()
            .Operates("getResource", "Resolves the public identifier of a registered machine: facts, offers, proven figures and test history.")
            .Answers<ResourceModel>()
            .Refuses(ProblemTypes.ResourceIdentifierMalformed, ProblemTypes.CheckCharacterWrong, ProblemTypes.NotFound);
    }

    private static async Task<IResult> ResolveAsync(string identifier, ResourceReader reader, CancellationToken cancellationToken) =>
        ResourceIdentifier.Read(identifier, out var id) switch
        {
            ResourceIdentifierFault.Malformed => ProblemTypes.ResourceIdentifierMalformed.With(),
            ResourceIdentifierFault.WrongCheckCharacter => ProblemTypes.CheckCharacterWrong.With(),
            ResourceIdentifierFault.None => Answer.OkOrNotFound((await reader.FindAsync(id, cancellationToken))?.ToModel()),
        };
}
