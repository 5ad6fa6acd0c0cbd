using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Marketplace.Verification.Protocol;

/// <summary>
/// The seeds of a device's rounds: seed_0 comes from the server, a fresh one for each device and attempt; seed_{t+1} = SHA-256("seed" ‖ t+1 ‖ seed_t ‖ root_{t-lag}), the root left out
/// while there is none yet. Nobody can begin round t+1 before having finished round t - lag.
/// </summary>
public static class SeedChain
{
    /// <summary>Bytes in a seed and in a root.</summary>
    public const int Length = 32;

    /// <summary>The seed of the next round.</summary>
    /// <param name="nextRound">t+1, 1 or more.</param>
    /// <param name="seed">seed_t, 32 bytes.</param>
    /// <param name="laggedRoot">root_{t-lag}, 32 bytes, or empty where t is under lag.</param>
    /// <param name="next">Receives 32 bytes; may be the same memory as <paramref name="seed"/>.</param>
    public static void Next(int nextRound, ReadOnlySpan<byte> seed, ReadOnlySpan<byte> laggedRoot, Span<byte> next)
    {
        Span<byte> input = stackalloc byte[4 + 4 + Length + Length];
        "seed"u8.CopyTo(input);
        BinaryPrimitives.WriteInt32LittleEndian(input[4..], nextRound);
        seed[..Length].CopyTo(input[8..]);
        laggedRoot.CopyTo(input[(8 + Length)..]);
        SHA256.HashData(input[..(8 + Length + laggedRoot.Length)], next[..Length]);
    }

    /// <summary>All seeds of a device from its first seed and its roots: what the server replays.</summary>
    /// <param name="lag">How many rounds a root comes late.</param>
    /// <param name="seed">seed_0 of the device, 32 bytes.</param>
    /// <param name="roots">The roots of all its rounds one after another, 32 bytes each.</param>
    /// <returns>The seeds of all rounds one after another, 32 bytes each.</returns>
    public static byte[] Replay(int lag, ReadOnlySpan<byte> seed, ReadOnlySpan<byte> roots)
    {
        var seeds = new byte[roots.Length];
        seed[..Length].CopyTo(seeds);
        for (var t = 0; t + 1 < roots.Length / Length; t++)
            Next(t + 1, seeds.AsSpan(t * Length, Length), Lagged(lag, t, roots), seeds.AsSpan((t + 1) * Length, Length));
        return seeds;
    }

    /// <summary>root_{t-lag}, or empty where t is under lag.</summary>
    public static ReadOnlySpan<byte> Lagged(int lag, int t, ReadOnlySpan<byte> roots) => t >= lag ? roots.Slice((t - lag) * Length, Length) : default;
}
