using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Marketplace.Api.Requests;

/// <summary>
/// The header <c>Last-Event-ID</c> of a stream of server-sent events: which event the caller had last. Take it as a parameter.
/// </summary>
/// <param name="Value">The event; null where the header is absent. What no stream of ours gave is an event that nobody knows.</param>
public sealed record LastEventId(long? Value)
{
    /// <summary>The header's name.</summary>
    public const string Header = "Last-Event-ID";

    private const long Unknown = -1;

    /// <summary>Reads the header.</summary>
    public static ValueTask<LastEventId> BindAsync(HttpContext context)
    {
        var text = context.Request.Headers[Header].ToString();
        if (text.Length == 0) return ValueTask.FromResult(new LastEventId((long?)null));
        return ValueTask.FromResult(new LastEventId(long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : Unknown));
    }
}
