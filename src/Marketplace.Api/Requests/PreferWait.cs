using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Marketplace.Api.Requests;

/// <summary>
/// The header <c>Prefer: wait=N</c> (RFC 7240): how long to wait, in real time, for the outcome of what takes time. Take it as a
/// parameter. Zero where it is absent; at most 30 s; anything malformed is a preference that is not met.
/// </summary>
/// <param name="Wait">How long to wait.</param>
public sealed record PreferWait(TimeSpan Wait)
{
    /// <summary>The header's name.</summary>
    public const string Header = "Prefer";

    private const int MaxSeconds = 30;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(25);

    /// <summary>Reads the header.</summary>
    public static ValueTask<PreferWait> BindAsync(HttpContext context)
    {
        var preferences = context.Request.Headers[Header].ToString().Split([',', ';'], StringSplitOptions.TrimEntries);
        var wait = Array.Find(preferences, p => p.StartsWith("wait=", StringComparison.OrdinalIgnoreCase));
        return ValueTask.FromResult(new PreferWait(
            int.TryParse(wait?["wait=".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                ? TimeSpan.FromSeconds(Math.Min(seconds, MaxSeconds))
                : TimeSpan.Zero));
    }

    /// <summary>Reads again until the outcome is there or the wait is over; gives what was read last.</summary>
    public async Task<T> ReadUntilAsync<T>(Func<Task<T>> read, Func<T, bool> isOutcome, CancellationToken cancellationToken)
    {
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        while (true)
        {
            var value = await read();
            if (isOutcome(value) || System.Diagnostics.Stopwatch.GetElapsedTime(began) >= Wait) return value;
            await Task.Delay(LookEvery, cancellationToken);
        }
    }
}
