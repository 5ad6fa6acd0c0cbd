namespace Marketplace.Api.Problems;

/// <summary>A kind of problem with a stable code: one row of the table that answers, documentation pages and OpenAPI are made of.</summary>
/// <param name="Code">snake_case; programs decide by it.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">What it means, in a few words.</param>
/// <param name="Advice">When it happens and what to do, for people.</param>
public sealed record ProblemType(string Code, int Status, string Title, string Advice)
{
    /// <summary>The documentation page.</summary>
    public string Path => "/problems/" + Code;

    /// <summary>The answer with this problem; without a detail the advice says it.</summary>
    public ApiProblem With(string? detail = null) => new(this, detail ?? Advice, []);
}
