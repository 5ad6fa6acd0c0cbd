using System.Globalization;
using System.Reflection;
using Marketplace.Api.Auth;
using Marketplace.Api.Requests;
using Marketplace.Api.Trading;
using Marketplace.Client.Models;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Marketplace.Api.OpenApi;

/// <summary>The OpenAPI document: what endpoints declare, completed with headers, security and problems.</summary>
internal static class OpenApiDocuments
{
    public const string DocumentName = "v1";
    private const string TokenScheme = "token";
    private const string MachineScheme = "machineToken";

    public static void AddMarketplaceOpenApi(this IServiceCollection services) => services.AddOpenApi(DocumentName, options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer((document, _, _) => Describe(document));
        options.AddOperationTransformer(CompleteAsync);
    });

    private static Task Describe(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "GPU-hour marketplace",
            Version = "v1",
            Description = "Providers list proven GPU-hours, buyers bid for them, leases are metered to the second, invoiced and paid out.",
        };
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [TokenScheme] = Bearer("A token of a person or an organisation, with scopes."),
            [MachineScheme] = Bearer("A token that a machine's enrolled key signed, good for at most five minutes."),
        };
        return Task.CompletedTask;
    }

    private static OpenApiSecurityScheme Bearer(string description) => new()
    {
        Type = SecuritySchemeType.Http,
        Scheme = "bearer",
        BearerFormat = "JWT",
        Description = description,
    };

    private static async Task CompleteAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<MethodInfo>().FirstOrDefault() is { } handler) AddHeaders(operation, handler);
        AddSecurity(operation, metadata, context.Document!);

        var problems = metadata.OfType<Operation.Refusals>().SelectMany(r => r.Types).ToList();
        if (problems.Count > 0)
        {
            operation.Description = string.Join('\n', [operation.Description, "Refusals, besides those of any request:", .. problems.Select(p => $"- `{p.Code}` ({p.Status}): {p.Advice}")]).TrimStart('\n');
        }

        var schema = await context.GetOrCreateSchemaAsync(typeof(Problem), cancellationToken: cancellationToken);
        operation.Responses ??= [];
        foreach (var byStatus in problems.GroupBy(p => p.Status))
        {
            operation.Responses[byStatus.Key.ToString(CultureInfo.InvariantCulture)] = ProblemResponse(string.Join(", ", byStatus.Select(p => p.Code)), schema);
        }

        operation.Responses["default"] = ProblemResponse("A problem; its code says which.", schema);
    }

    private static OpenApiResponse ProblemResponse(string description, IOpenApiSchema schema) => new()
    {
        Description = description,
        Content = new Dictionary<string, OpenApiMediaType> { ["application/problem+json"] = new OpenApiMediaType { Schema = schema } },
    };

    private static void AddHeaders(OpenApiOperation operation, MethodInfo handler)
    {
        var types = handler.GetParameters().Select(p => p.ParameterType).ToList();
        if (types.Contains(typeof(BookPath)))
        {
            Add("modelId", ParameterLocation.Path, true, "The GPU class; listModels lists them.");
            Add("hubId", ParameterLocation.Path, true, "The hub; listHubs lists them.");
        }

        if (types.Contains(typeof(RequestKey))) Add(RequestKey.Header, ParameterLocation.Header, true, "Names the intent: a repetition under the same key changes nothing.");
        if (types.Contains(typeof(IfMatch))) Add("If-Match", ParameterLocation.Header, true, "The ETag of the version that is to be changed.");
        if (types.Contains(typeof(PreferWait))) Add(PreferWait.Header, ParameterLocation.Header, false, "wait=N waits up to N seconds, at most 30, for the outcome.");
        if (types.Contains(typeof(LastEventId))) Add(LastEventId.Header, ParameterLocation.Header, false, "The id of the last event that came: the stream goes on after it.");
        if (types.Contains(typeof(PageQuery)))
        {
            Add("limit", ParameterLocation.Query, false, "1 to 200, 50 unless said.", JsonSchemaType.Integer);
            Add("cursor", ParameterLocation.Query, false, "From the page before.");
        }

        void Add(string name, ParameterLocation place, bool required, string description, JsonSchemaType type = JsonSchemaType.String)
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = name, In = place, Required = required, Description = description, Schema = new OpenApiSchema { Type = type },
            });
        }
    }

    private static void AddSecurity(OpenApiOperation operation, IList<object> metadata, OpenApiDocument document)
    {
        var scheme = metadata.OfType<AuthRequirements.RequiredMachine>().Any() ? MachineScheme
            : metadata.OfType<Microsoft.AspNetCore.Authorization.IAuthorizeData>().Any() ? TokenScheme
            : null;
        if (scheme is null) return;
        var scopes = metadata.OfType<AuthRequirements.RequiredScope>().Select(s => s.Scope).ToList();
        operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(scheme, document)] = scopes }];
    }
}
