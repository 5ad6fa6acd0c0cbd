using Marketplace.Azure;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Marketplace.Functions.Triggers;

/// <summary>Every HTTP request, into the API's own pipeline: who may do what is decided there.</summary>
public sealed class HttpTrigger(ApiPipeline api)
{
    /// <summary>Answers a request.</summary>
    [Function("Http")]
    public Task AnswerAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", "put", "patch", "delete", "head", "options", Route = "{*path}")] HttpRequest request) =>
        api.AnswerAsync(request.HttpContext);
}
