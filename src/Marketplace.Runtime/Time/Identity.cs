using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Marketplace.Runtime.Time;

/// <summary>Randomness: the operating system's in production, a seeded stream in the simulator.</summary>
public interface IEntropy
{
    /// <summary>Fills a span with random bytes.</summary>
    void Fill(Span<byte> bytes);
}

/// <summary>Makes ids that sort by creation.</summary>
public interface IIdSource
{
    /// <summary>A new ULID, greater than any this source made before.</summary>
    Ulid Next();

    /// <summary>A new id.</summary>
    Id<TKind> Next<TKind>() where TKind : IIdKind => Id<TKind>.From(Next());
}

/// <summary>The operating system's cryptographic randomness.</summary>
public sealed class SystemEntropy : IEntropy
{
    /// <inheritdoc/>
    public void Fill(Span<byte> bytes) => RandomNumberGenerator.Fill(bytes);
}

/// <summary>
/// ULIDs of the clock and entropy. Within a millisecond, and when the clock steps back, the last id is counted up, so that ids of
/// one process keep their order: sessions are delivered in id order after a restart.
/// </summary>
public sealed class UlidSource(TimeProvider time, IEntropy entropy) : IIdSource
{
    private readonly Lock gate = new();
    private long lastMilliseconds;
    private UInt128 lastRandomness;

    /// <inheritdoc/>
    public Ulid Next()
    {
        Span<byte> bytes = stackalloc byte[16];
        lock (gate)
        {
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            if (now > lastMilliseconds)
            {
                lastMilliseconds = now;
                entropy.Fill(bytes);
                // The top bit stays clear, so that counting up within the millisecond cannot overflow the 80 bits.
                lastRandomness = BinaryPrimitives.ReadUInt128BigEndian(bytes) >> 49;
            }
            else
            {
                lastRandomness++;
            }

            return Ulid.Create(lastMilliseconds, lastRandomness);
        }
    }
}
