namespace Marketplace.Client;

/// <summary>How the client behaves.</summary>
public sealed class MarketplaceClientOptions
{
    /// <summary>Gives the bearer token of each request; null for none.</summary>
    public Func<CancellationToken, ValueTask<string>>? Token { get; init; }

    /// <summary>How long a request is repeated while the server cannot be reached or is busy: 30 s unless said, zero for never.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a stream may be silent before it is taken for broken: 45 s unless said. The server is never silent for over 15 s.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>The same token for every request.</summary>
    public static MarketplaceClientOptions WithToken(string token) => new() { Token = _ => ValueTask.FromResult(token) };
}

/// <summary>The server could not be reached for as long as the client's patience lasts.</summary>
public sealed class ServerUnreachableException(string message, Exception inner) : Exception(message, inner);
