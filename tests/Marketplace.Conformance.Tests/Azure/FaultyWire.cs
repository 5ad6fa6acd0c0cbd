using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Marketplace.Conformance.Tests.Azure;

/// <summary>
/// Between the client library, its retries included, and the emulator: does to requests what the network and the real service do and the
/// emulator never does.
/// </summary>
/// <param name="hook">Says what becomes of a try. A fault that makes no sense for a request is left out.</param>
public sealed class FaultyWire(Func<WireRequest, WireFault> hook) : HttpPipelinePolicy
{
    // A continuation behind this mark tells a repeated question for a page from the one that was answered with an empty page.
    private const string EmptyPageMark = "empty-page-then-";
    private const string Continuation = "NextPartitionKey";
    private int tries;

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var request = message.Request;
        var isBatch = request.Uri.Path.EndsWith("$batch", StringComparison.Ordinal);
        var isQuery = request.Method == RequestMethod.Get && request.Uri.Query.Contains("$filter", StringComparison.Ordinal);
        var number = Interlocked.Increment(ref tries);
        var fault = hook(new WireRequest(number, isQuery, isBatch, isBatch && await HasReceiptAsync(request, message.CancellationToken)));
        var asked = request.Uri.Query;
        RemoveMark(request.Uri);
        switch (fault)
        {
            case WireFault.Slow:
                await Task.Delay(2, message.CancellationToken);
                break;
            case WireFault.RequestLost:
                throw new IOException("The request was lost.");
            case WireFault.Throttled:
                WireTransport.Answer(message, WireAnswer.Refusal(503, "ServerBusy"));
                break;
            case WireFault.Failed:
                WireTransport.Answer(message, WireAnswer.Refusal(500, "InternalError"));
                break;
            case WireFault.Stale when isBatch:
                if (WireLog.Current is { } stale) stale.Stale = true;
                WireTransport.Answer(message, WireAnswer.StaleBatch());
                break;
            case WireFault.EmptyPage when isQuery:
                WireTransport.Answer(message, WireAnswer.EmptyPage(EmptyPageMark + ContinuationOf(request.Uri), RowOf(request.Uri)));
                break;
            case WireFault.EarlyEnd when isQuery:
                request.Uri.Query = Shorter(request.Uri.Query);
                break;
        }

        await ProcessNextAsync(message, pipeline);
        request.Uri.Query = asked;
        if (fault != WireFault.AnswerLost || message.Response.IsError) return;
        // A transaction that was refused is answered with 202, too; the refusal is inside.
        var isApplied = !message.Response.Content.ToString().Contains("HTTP/1.1 4", StringComparison.Ordinal);
        if (WireLog.Current is { } log) log.AppliedUnheard |= isApplied;
        throw new IOException("The answer was lost.");
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException();

    private static async Task<bool> HasReceiptAsync(Request request, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        await request.Content!.WriteToAsync(body, cancellationToken);
        return System.Text.Encoding.UTF8.GetString(body.ToArray()).Contains(Runtime.Store.Commit.ReceiptPrefix, StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Parameters(string query) => query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Split('=', 2)).ToDictionary(pair => Uri.UnescapeDataString(pair[0]), pair => Uri.UnescapeDataString(pair[1]));

    private static string Query(Dictionary<string, string> parameters) =>
        "?" + string.Join('&', parameters.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));

    private static string ContinuationOf(RequestUriBuilder uri) => Parameters(uri.Query).GetValueOrDefault(Continuation, "");

    private static string? RowOf(RequestUriBuilder uri) => Parameters(uri.Query).GetValueOrDefault("NextRowKey");

    private static void RemoveMark(RequestUriBuilder uri)
    {
        var parameters = Parameters(uri.Query);
        if (!parameters.TryGetValue(Continuation, out var next) || !next.StartsWith(EmptyPageMark, StringComparison.Ordinal)) return;
        if (next.Length > EmptyPageMark.Length) parameters[Continuation] = next[EmptyPageMark.Length..];
        else parameters.Remove(Continuation);
        uri.Query = Query(parameters);
    }

    private static string Shorter(string query)
    {
        var parameters = Parameters(query);
        if (parameters.TryGetValue("$top", out var top)) parameters["$top"] = $"{(int.Parse(top, System.Globalization.CultureInfo.InvariantCulture) + 2) / 3}";
        return Query(parameters);
    }
}

/// <summary>The way to the emulator's socket, but for requests that a faulty wire answers itself.</summary>
public sealed class WireTransport : HttpPipelineTransport
{
    private const string Key = "answer of the wire";
    private readonly HttpClientTransport sockets = HttpClientTransport.Shared;

    /// <summary>Has a request answered without the server.</summary>
    public static void Answer(HttpMessage message, Response answer) => message.SetProperty(Key, answer);

    public override Request CreateRequest() => sockets.CreateRequest();

    public override void Process(HttpMessage message) => throw new NotSupportedException();

    public override async ValueTask ProcessAsync(HttpMessage message)
    {
        if (message.TryGetProperty(Key, out var answer) && answer is Response given)
        {
            message.SetProperty(Key, "given");
            message.Response = given;
            return;
        }

        await sockets.ProcessAsync(message);
    }
}
