using System.Numerics;

namespace Marketplace.Benchmarks.Trading;

/// <summary>
/// The trades of a run as one number: each is packed into 64 bits and mixed in, in order. Every contestant does this in its loop, so
/// that its trades are really made and can be compared, at the cost of a few cycles each.
/// </summary>
internal struct Tape
{
    private const ulong Multiplier = 0x9FB21C651E98DF25;

    /// <summary>What it has become.</summary>
    public ulong Hash { get; private set; }

    /// <summary>How many trades it holds.</summary>
    public int Trades { get; private set; }

    /// <summary>Adds a trade.</summary>
    /// <param name="buyOrder">The order that bought, below 2^24.</param>
    /// <param name="sellOrder">The order that sold, below 2^24.</param>
    /// <param name="quantity">Below 2^8.</param>
    /// <param name="tick">The price's tick, below 2^8.</param>
    public void Add(int buyOrder, int sellOrder, int quantity, int tick)
    {
        var trade = ((ulong)buyOrder << 40) | ((ulong)sellOrder << 16) | ((ulong)quantity << 8) | (uint)tick;
        Hash = BitOperations.RotateLeft(Hash ^ trade, 23) * Multiplier;
        Trades++;
    }
}
