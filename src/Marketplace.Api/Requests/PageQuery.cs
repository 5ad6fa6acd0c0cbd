using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Marketplace.Api.Problems;
using Marketplace.Client.Models;
using Microsoft.AspNetCore.Http;

namespace Marketplace.Api.Requests;

/// <summary>Which part of a list is asked for. Take it as a parameter of every endpoint that lists.</summary>
/// <param name="Limit">1 to 200, 50 unless said.</param>
/// <param name="After">What the last page's cursor holds, such as the last row's key; null for the first page.</param>
public sealed record PageQuery(int Limit, string? After) : IQueryParameters
{
    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["limit", "cursor"];

    /// <summary>Reads <c>limit</c> and <c>cursor</c>.</summary>
    /// <exception cref="ApiProblemException">One of them is malformed.</exception>
    public static ValueTask<PageQuery> BindAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var limit = 50;
        if (query.TryGetValue("limit", out var asked)
            && (!int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > 200))
        {
            throw new ApiProblemException(new ApiProblem(
                ProblemTypes.InvalidFields, "The query is malformed.", [new FieldError("?limit", "Expected a whole number from 1 to 200.")]));
        }

        return ValueTask.FromResult(new PageQuery(limit, query.TryGetValue("cursor", out var cursor) ? Decode(cursor.ToString()) : null));
    }

    /// <summary>The page that answers.</summary>
    /// <param name="items">The items.</param>
    /// <param name="next">What <see cref="After"/> of the next page is to be; null at the end.</param>
    public static Page<T> Page<T>(IReadOnlyList<T> items, string? next) => new(items, next is null ? null : Encode(next));

    /// <summary>The answer to a cursor that holds something else than this list's.</summary>
    public static ApiProblem InvalidCursor => ProblemTypes.InvalidCursor.With();

    // The letter in front is the cursor's version: what follows may change its form some day.
    private static string Encode(string after) => "a" + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(after));

    private static string Decode(string cursor)
    {
        var bytes = new byte[cursor.Length];
        if (!cursor.StartsWith('a') || cursor.Length is < 2 or > 1000 || !Base64Url.IsValid(cursor.AsSpan(1))
            || !Base64Url.TryDecodeFromChars(cursor.AsSpan(1), bytes, out var length)
            || bytes.AsSpan(0, length).ContainsAnyExceptInRange((byte)' ', (byte)'~'))
        {
            throw new ApiProblemException(InvalidCursor);
        }

        return Encoding.UTF8.GetString(bytes, 0, length);
    }
}

/// <summary>A parameter of an endpoint that reads several query parameters itself.</summary>
public interface IQueryParameters
{
    /// <summary>Their names.</summary>
    static abstract IReadOnlyList<string> Names { get; }
}
