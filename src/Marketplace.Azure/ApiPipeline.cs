using Marketplace.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Marketplace.Azure;

/// <summary>
/// The API's own pipeline, from its first step to its endpoints, for a host that routes by itself: a catch-all HTTP trigger hands every
/// request to it. Built once.
/// </summary>
public sealed class ApiPipeline
{
    private readonly RequestDelegate pipeline;
    private readonly IHttpContextAccessor accessor;

    /// <summary>Builds the pipeline.</summary>
    public ApiPipeline(IServiceProvider services, IHttpContextAccessor accessor)
    {
        this.accessor = accessor;
        var app = new ApplicationBuilder(services);
        app.UseMarketplaceApi();
        app.UseEndpoints(routes => routes.MapMarketplaceApi());
        pipeline = app.Build();
    }

    /// <summary>Answers a request.</summary>
    public Task AnswerAsync(HttpContext context)
    {
        accessor.HttpContext = context;

        // The host's router has matched the trigger; with that in place the API's would match nothing, and fail.
        context.SetEndpoint(null);
        context.Request.RouteValues.Clear();
        return pipeline(context);
    }
}
