using System.Text;
using System.Text.Json;
using Marketplace.Client.Models;

namespace Marketplace.Api.Problems;

/// <summary>What the JSON reader says about a body, as a problem.</summary>
internal static class JsonFaults
{
    /// <summary>Names the place as a JSON pointer. The reader's own message names our types, so it is not passed on.</summary>
    public static ApiProblem Problem(JsonException fault)
    {
        var pointer = Pointer(fault.Path ?? "$");
        var message = fault.Message;
        var detail = message.Contains("could not be mapped", StringComparison.Ordinal) ? "There is no such member."
            : message.Contains("uplicate", StringComparison.Ordinal) ? "The member stands twice."
            : message.Contains("could not be converted", StringComparison.Ordinal) ? "The value has the wrong type or is out of range."
            : "This is not valid JSON.";
        return new ApiProblem(ProblemTypes.MalformedJson, ProblemTypes.MalformedJson.Advice, [new FieldError(pointer, detail)]);
    }

    /// <summary>Turns the reader's path, such as <c>$.items[2].price['odd name']</c>, into a pointer (RFC 6901).</summary>
    internal static string Pointer(string path)
    {
        var pointer = new StringBuilder();
        var rest = path.AsSpan(path.StartsWith('$') ? 1 : 0);
        while (!rest.IsEmpty)
        {
            var quoted = rest.StartsWith("['", StringComparison.Ordinal);
            var length = quoted ? rest.IndexOf("']", StringComparison.Ordinal) : rest[1..].IndexOfAny('.', '[') + 1;
            if (length <= 0) length = rest.Length;
            var token = quoted ? rest[2..length] : rest[1..length].TrimEnd(']');
            pointer.Append('/').Append(token.ToString().Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal));
            rest = rest[Math.Min(rest.Length, quoted ? length + 2 : length)..];
        }

        return pointer.ToString();
    }
}
