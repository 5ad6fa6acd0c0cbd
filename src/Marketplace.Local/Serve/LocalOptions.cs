namespace Marketplace.Local.Serve;

/// <summary>How the one-machine marketplace runs.</summary>
internal sealed record LocalOptions
{
    /// <summary>The port where the API listens unless said otherwise.</summary>
    public const int DefaultPort = 5080;

    /// <summary>The data folder.</summary>
    public string DataPath { get; init; } = ".data";

    /// <summary>The loopback port; 0 takes a free one.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>Whether the market's clock can be advanced.</summary>
    public bool TestClock { get; init; }
}
