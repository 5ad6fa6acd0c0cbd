using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Marketplace.Client.Models;

namespace Marketplace.Client;

/// <summary>
/// The marketplace's API, typed. A part of this class per area. Requests that may be repeated are repeated while the server
/// cannot be reached or is busy, up to the patience given.
/// </summary>
public sealed partial class MarketplaceClient
{
    private readonly HttpClient http;
    private readonly MarketplaceClientOptions options;

    /// <summary>Makes a client. The HTTP client's base address is the server's.</summary>
    public MarketplaceClient(HttpClient http, MarketplaceClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(http.BaseAddress);
        (this.http, this.options) = (http, options ?? new MarketplaceClientOptions());
    }

    /// <summary>The market's time.</summary>
    public Task<TimeModel> GetTimeAsync(CancellationToken cancellationToken = default) =>
        GetAsync("/v1/time", CommonJson.Default.TimeModel, cancellationToken);

    internal Task<TAnswer> GetAsync<TAnswer>(string path, JsonTypeInfo<TAnswer> answer, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, path, null, null, answer, cancellationToken);

    /// <summary>Posts a request that creates: repeated safely under its key.</summary>
    internal Task<TAnswer> CreateAsync<TBody, TAnswer>(
        string path, TBody body, JsonTypeInfo<TBody> bodyType, string idempotencyKey, JsonTypeInfo<TAnswer> answer, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, path, () => JsonContent.Create(body, bodyType), Keyed(idempotencyKey), answer, cancellationToken);

    /// <summary>Posts an action without a body under an idempotency key.</summary>
    internal Task<TAnswer> CreateAsync<TAnswer>(
        string path, string idempotencyKey, JsonTypeInfo<TAnswer> answer, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, path, null, Keyed(idempotencyKey), answer, cancellationToken);

    /// <summary>Sends a request and reads its answer.</summary>
    /// <param name="method">A POST without an Idempotency-Key header is never repeated; all else is.</param>
    /// <param name="path">Path and query, from the root.</param>
    /// <param name="content">Makes the body anew for every try; null for none.</param>
    /// <param name="headers">Sets further headers; null for none.</param>
    /// <param name="answer">The type of the answer.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProblemException">The server refused.</exception>
    internal async Task<TAnswer> SendAsync<TAnswer>(
        HttpMethod method,
        string path,
        Func<HttpContent>? content,
        Action<HttpRequestHeaders>? headers,
        JsonTypeInfo<TAnswer> answer,
        CancellationToken cancellationToken)
    {
        using var response = await SendAsync(method, path, content, headers, cancellationToken);
        return await response.Content.ReadFromJsonAsync(answer, cancellationToken)
            ?? throw new JsonException($"{method} {path} was answered with null.");
    }

    /// <summary>Sends a request whose answer the caller reads and disposes, such as a CSV file, or a stream that is read as it comes.</summary>
    /// <exception cref="ProblemException">The server refused.</exception>
    internal async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        Func<HttpContent>? content,
        Action<HttpRequestHeaders>? headers,
        CancellationToken cancellationToken,
        HttpCompletionOption completion = HttpCompletionOption.ResponseContentRead)
    {
        var response = await Retries.RunAsync(
            options.Patience,
            token => SendOnceAsync(method, path, content, headers, completion, token),
            cancellationToken);
        if (response.IsSuccessStatusCode) return response;
        using (response) throw await ProblemException.ReadAsync(response, cancellationToken);
    }

    internal static Action<HttpRequestHeaders> Keyed(string idempotencyKey) => headers => headers.Add("Idempotency-Key", idempotencyKey);

    /// <summary>A path with a query of the values that are not null.</summary>
    internal static string WithQuery(string path, params ReadOnlySpan<(string Name, string? Value)> query)
    {
        var separator = '?';
        foreach (var (name, value) in query)
        {
            if (value is null) continue;
            path += $"{separator}{name}={Uri.EscapeDataString(value)}";
            separator = '&';
        }

        return path;
    }

    private async ValueTask<(HttpResponseMessage Response, bool Repeatable)> SendOnceAsync(
        HttpMethod method,
        string path,
        Func<HttpContent>? content,
        Action<HttpRequestHeaders>? headers,
        HttpCompletionOption completion,
        CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content?.Invoke() };
        if (options.Token is { } token) request.Headers.Authorization = new("Bearer", await token(cancellationToken));
        headers?.Invoke(request.Headers);
        var repeatable = method != HttpMethod.Post || request.Headers.Contains("Idempotency-Key");
        try
        {
            return (await http.SendAsync(request, completion, cancellationToken), repeatable);
        }
        catch (Exception fault) when (repeatable && fault is (HttpRequestException or SocketException))
        {
            // A peer that dies between the connection and the first byte is told as a bare socket fault.
            throw new ServerUnreachableException($"No server answers at {http.BaseAddress}: {method} {path} was not heard.", fault);
        }
    }
}
