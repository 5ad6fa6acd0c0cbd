using System.Net;
using System.Net.Http.Json;
using Marketplace.Client.Models;

namespace Marketplace.Api.Tests;

/// <summary>Reading what the API answered.</summary>
public static class Answers
{
    /// <summary>Asserts that the answer is a whole problem document with a code, and gives it.</summary>
    public static async Task<Problem> ProblemAsync(this HttpResponseMessage response, HttpStatusCode status, string code)
    {
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = (await response.Content.ReadFromJsonAsync<Problem>())!;
        Assert.Equal(code, problem.Code);
        Assert.Equal("/problems/" + code, problem.Type);
        Assert.Equal((int)status, problem.Status);
        Assert.NotEmpty(problem.Title);
        Assert.NotEmpty(problem.Detail);
        Assert.NotEmpty(problem.TraceId);
        return problem;
    }

    /// <summary>A body as JSON text.</summary>
    public static StringContent Json(string text) => new(text, System.Text.Encoding.UTF8, "application/json");

    /// <summary>Adds an Idempotency-Key.</summary>
    public static HttpRequestMessage Post(string path, string? key, HttpContent? body = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        return request;
    }
}
