using Marketplace.Api.Answers;
using Marketplace.Api.Auth;
using Marketplace.Api.OpenApi;
using Marketplace.Api.Problems;
using Marketplace.Api.Requests;
using Marketplace.Client.Models;
using Marketplace.Registry.Organisations;
using Marketplace.Registry.RegisterOrganisation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketplace.Api.Registry;

/// <summary>Organisations.</summary>
internal static class OrganisationEndpoints
{
    public const string Provider = "provider";
    public const string Buyer = "buyer";

    public static void MapOrganisations(this IEndpointRouteBuilder v1)
    {
        var group = v1.MapGroup("/organisations").WithTags("Organisations");
        group.MapPost("", RegisterAsync).RequireScope(Scopes.OrganisationsWrite)
            .Operates("registerOrganisation", "Registers an organisation as provider, buyer or both.")
            .Answers<OrganisationModel>(StatusCodes.Status201Created)
            .Refuses(ProblemTypes.NameMalformed, ProblemTypes.EmailMalformed, ProblemTypes.CountryMalformed, ProblemTypes.RoleRequired);
        group.MapGet("/{organisationId}", ReadAsync).RequireToken()
            .Operates("getOrganisation", "Reads the caller's own organisation.")
            .Answers<OrganisationModel>()
            .Refuses(ProblemTypes.NotFound);
    }

    private static async Task<IResult> RegisterAsync(
        RegisterOrganisationRequest body, RequestKey key, RegisterOrganisationHandler register, CancellationToken cancellationToken)
    {
        var fields = new Fields();
        var name = fields.Text("/name", body.Name, 1, 200);
        var email = fields.Text("/email", body.Email, 3, 254);
        var country = fields.Text("/countryCode", body.CountryCode, 2, 2);
        if (body.Roles is null) fields.Add("/roles", "This is required.");
        for (var i = 0; i < body.Roles?.Count; i++)
        {
            if (body.Roles[i] is not (Provider or Buyer)) fields.Add($"/roles/{i}", $"Expected '{Provider}' or '{Buyer}'.");
        }

        if (!fields.AreValid) return fields.Problem;
        var command = new RegisterOrganisation(name, email, country, body.Roles!.Contains(Provider), body.Roles!.Contains(Buyer));
        var attempt = await register.ExecuteAsync(command, key.Value, cancellationToken);
        return Answer.Created(attempt, organisation => $"/v1/organisations/{organisation.Id}", RegistryModels.ToModel, RegistryProblems.Of);
    }

    private static async Task<IResult> ReadAsync(string organisationId, Caller caller, OrganisationReader reader, CancellationToken cancellationToken)
    {
        if (!OrganisationId.TryParse(organisationId, out var id)) return Answer.NotFound();
        if (caller.OrganisationId != id && !caller.Has(Scopes.OrganisationsWrite)) return Answer.NotFound();
        return Answer.OkOrNotFound((await reader.FindAsync(id, cancellationToken))?.ToModel());
    }
}
