using Marketplace.Runtime.Time;

namespace Marketplace.Testing.Time;

/// <summary>The same bytes for the same seed, so that a failing run can be repeated.</summary>
public sealed class SeededEntropy(int seed) : IEntropy
{
    private readonly Random random = new(seed);

    public void Fill(Span<byte> bytes)
    {
        lock (random) random.NextBytes(bytes);
    }
}
