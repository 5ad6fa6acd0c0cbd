using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Marketplace.Client.Models;

namespace Marketplace.Client;

/// <summary>The server refused a request.</summary>
public sealed class ProblemException : Exception
{
    private ProblemException(Problem problem)
        : base($"{problem.Status} {problem.Code}: {problem.Detail}{string.Concat(problem.Errors.Select(e => $" {e.Pointer}: {e.Detail}"))}") => Problem = problem;

    /// <summary>What the server said.</summary>
    public Problem Problem { get; }

    /// <summary>The stable code, such as <c>not_found</c>.</summary>
    public string Code => Problem.Code;

    /// <summary>The HTTP status.</summary>
    public HttpStatusCode Status => (HttpStatusCode)Problem.Status;

    internal static async Task<ProblemException> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        Problem? problem = null;
        try
        {
            problem = await response.Content.ReadFromJsonAsync(CommonJson.Default.Problem, cancellationToken);
        }
        catch (JsonException)
        {
            // Not our server's answer: a proxy's page.
        }

        var status = (int)response.StatusCode;
        return new ProblemException(problem is { Code: not null, Errors: not null }
            ? problem
            : new Problem("about:blank", "An answer that is no problem document", status, "unreadable_answer", $"HTTP {status}", [], ""));
    }
}
