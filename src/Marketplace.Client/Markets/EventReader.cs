using System.Text;

namespace Marketplace.Client;

/// <summary>A server-sent event.</summary>
internal readonly record struct ServerEvent(string Name, string Data);

/// <summary>Reads server-sent events off a response, until it ends, breaks or is silent for too long.</summary>
internal sealed class EventReader(Stream stream, TimeSpan silence) : IDisposable
{
    private readonly StreamReader lines = new(stream, Encoding.UTF8);

    /// <summary>The next event, or null when there is nothing more to be had from this response.</summary>
    public async Task<ServerEvent?> NextAsync(CancellationToken cancellationToken)
    {
        var name = "message";
        var data = new StringBuilder();
        while (await ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length == 0)
            {
                if (data.Length > 0) return new ServerEvent(name, data.ToString());
                name = "message";
            }
            else if (ValueOf("event", line) is { } eventName)
            {
                name = eventName;
            }
            else if (ValueOf("data", line) is { } text)
            {
                data.Append(text);
            }
        }

        return null;
    }

    public void Dispose() => lines.Dispose();

    private static string? ValueOf(string field, string line) =>
        line.StartsWith(field, StringComparison.Ordinal) && line.AsSpan(field.Length).StartsWith(":") ? line[(field.Length + 1)..].TrimStart(' ') : null;

    private async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(silence);
        try
        {
            return await lines.ReadLineAsync(patience.Token);
        }
        catch (Exception fault) when (fault is IOException or HttpRequestException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
