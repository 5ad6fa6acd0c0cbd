using Marketplace.Api.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Marketplace.Api.OpenApi;

/// <summary>What the OpenAPI document says of an endpoint.</summary>
public static class Operation
{
    /// <summary>Names an endpoint.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="operationId">A verb and its object, such as <c>placeBid</c>.</param>
    /// <param name="summary">One line.</param>
    public static RouteHandlerBuilder Operates(this RouteHandlerBuilder endpoint, string operationId, string summary) =>
        endpoint.WithName(operationId).WithSummary(summary);

    /// <summary>What it answers with when all is well.</summary>
    public static RouteHandlerBuilder Answers<TModel>(this RouteHandlerBuilder endpoint, int status = StatusCodes.Status200OK) =>
        endpoint.Produces<TModel>(status);

    /// <summary>Which problems it may answer with, besides those that any request may have.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder endpoint, params IReadOnlyList<ProblemType> types) =>
        endpoint.WithMetadata(new Refusals(types));

    internal sealed record Refusals(IReadOnlyList<ProblemType> Types);
}
