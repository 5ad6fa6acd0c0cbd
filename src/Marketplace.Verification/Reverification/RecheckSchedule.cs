using System.Buffers.Binary;
using Marketplace.Runtime.Time;
using NodaTime;

namespace Marketplace.Verification.Reverification;

/// <summary>When a provider's machines are verified again.</summary>
public static class RecheckSchedule
{
    /// <summary>
    /// The most machines of one window: one commit opens it. A provider with more is drawn more often, and each window takes some of its
    /// machines, so that the rate for each stays what it is.
    /// </summary>
    public const int MostMachines = 64;

    /// <summary>A machine that was busy for a moment, or a server that restarted, is no machine that failed: so many windows before a verdict.</summary>
    public const int MostTries = 3;

    /// <summary>The mean of the wait for the next draw.</summary>
    /// <param name="plan">The provider's.</param>
    /// <param name="machines">Machines with something on offer, 1 or more.</param>
    /// <param name="options">Rates.</param>
    /// <param name="now">Now.</param>
    public static Duration MeanWait(RecheckPlan plan, int machines, RecheckOptions options, Instant now)
    {
        var since = plan.FailedAt is { } failed ? Instant.Max(plan.WatchedSince, failed) : plan.WatchedSince;
        var mean = now < since + options.CloseWatch ? options.CloseMeanWait : options.MeanWait;
        return machines <= MostMachines ? mean : mean * MostMachines / machines;
    }

    /// <summary>
    /// Draws the wait for the next draw, exponentially: however long ago the last one was, the next is as near as ever, so that nobody can
    /// tell when he is safe. At least a second.
    /// </summary>
    public static Duration Draw(Duration mean, IEntropy entropy)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        entropy.Fill(bytes);
        var uniform = ((BinaryPrimitives.ReadUInt64LittleEndian(bytes) >> 11) + 1) * Math.ScaleB(1, -53);
        return Duration.FromSeconds(Math.Max(1, Math.Floor(-Math.Log(uniform) * mean.TotalSeconds)));
    }

    /// <summary>A number from 0 to one less than a bound.</summary>
    public static int Below(int bound, IEntropy entropy)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        entropy.Fill(bytes);
        return (int)(BinaryPrimitives.ReadUInt64LittleEndian(bytes) % (ulong)bound);
    }
}
