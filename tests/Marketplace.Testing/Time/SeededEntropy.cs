using Marketplace.Runtime.Time;

namespace Marketplace.Testing.Time;

/// <summary>Randomness that a seed repeats.</summary>
public sealed class SeededEntropy(int seed) : IEntropy
{
    private readonly Lock gate = new();
    private readonly Random random = new(seed);

    public void Fill(Span<byte> bytes)
    {
        lock (gate) random.NextBytes(bytes);
    }
}
