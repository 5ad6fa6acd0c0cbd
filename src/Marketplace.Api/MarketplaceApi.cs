using Marketplace.Api.Auth;
using Marketplace.Api.Billing;
using Marketplace.Api.Finance;
using Marketplace.Api.Leasing;
using Marketplace.Api.Ledger;
using Marketplace.Api.Metering;
using Marketplace.Api.OpenApi;
using Marketplace.Api.Operations;
using Marketplace.Api.Problems;
using Marketplace.Api.Registry;
using Marketplace.Api.Requests;
using Marketplace.Api.Trading;
using Marketplace.Api.Verification;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Scalar.AspNetCore;

namespace Marketplace.Api;

/// <summary>The API, as every composition hosts it: <c>AddMarketplaceApi</c>, <c>UseMarketplaceApi</c>, <c>MapMarketplaceApi</c>.</summary>
public static class MarketplaceApi
{
    /// <summary>Registers what the API needs besides the modules.</summary>
    /// <param name="services">The services.</param>
    /// <param name="auth">Says whose tokens are accepted.</param>
    public static IServiceCollection AddMarketplaceApi(this IServiceCollection services, Action<MarketplaceAuthOptions> auth)
    {
        services.Configure(auth);
        services.AddMarketplaceAuth();
        services.AddMarketplaceOpenApi();
        services.ConfigureHttpJsonOptions(options => StrictJson.Configure(options.SerializerOptions));
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        return services;
    }

    /// <summary>Adds the steps that every request goes through, in front of the endpoints.</summary>
    public static void UseMarketplaceApi(this IApplicationBuilder app)
    {
        app.UseMiddleware<ProblemMiddleware>();
        app.UseMiddleware<BodyLimit>();
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
    }

    /// <summary>Maps all endpoints.</summary>
    public static void MapMarketplaceApi(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi();
        routes.MapScalarApiReference("/docs", options => options
            .AddDocument(OpenApiDocuments.DocumentName)

            // Nothing of the page leads away from this host.
            .HideDeveloperTools()
            .HideClientButton()
            .DisableAgent()
            .DisableMcp()
            .DisableTelemetry());
        routes.MapProblemPages();
        routes.MapHealth();
        routes.MapFinancePage();

        var v1 = routes.MapGroup("/v1").RefuseUnknownQueryParameters();
        v1.MapTime();
        v1.MapDeadLetters();
        v1.MapBilling();
        v1.MapRegistry();
        v1.MapBids();
        v1.MapMarkets();
        v1.MapBookConditions();
        v1.MapQuotes();
        v1.MapLeases();
        v1.MapUsage();
        v1.MapEvidence();
        v1.MapCountersigning();
        v1.MapLedger();
        v1.MapReconciliations();
        v1.MapPeriods();
        v1.MapFocus();
        v1.MapVerifications();
    }
}
