using Marketplace.Client;
using Marketplace.Client.Models;
using NodaTime;
using NodaTime.Text;

namespace Marketplace.BenchmarkWorker.Meter;

/// <summary>
/// What a machine must not forget between two runs of the worker, for its readings to be whole and honest: the leases it has not
/// finished (the marketplace lists only those that run, and the last reading comes after the end), and when the machine was off.
/// What was sent is not kept here: the marketplace's head of a lease says it, and can't be behind itself.
/// </summary>
/// <param name="BootId">The machine's start that was last seen; null before the first.</param>
/// <param name="SeenUntil">Until when the machine was seen up, by the marketplace's clock; null before the first.</param>
/// <param name="Absences">When it was off, oldest first.</param>
/// <param name="Leases">Leases whose last reading has not been sent.</param>
internal sealed record MeterState(string? BootId, string? SeenUntil, IReadOnlyList<Absence> Absences, IReadOnlyList<MeteredLease> Leases)
{
    /// <summary>Readings this late are no longer taken, so no absence is of use for longer.</summary>
    private static readonly Duration Memory = Duration.FromDays(32);

    /// <summary>The state of a machine that has never metered.</summary>
    public static MeterState Empty { get; } = new(null, null, [], []);

    /// <summary>
    /// Takes in what is seen now. A machine that was started anew was off from when it was last seen until that start. A worker that
    /// was not running while the machine was up makes no difference: the machine served all the same.
    /// </summary>
    /// <param name="listed">The leases that run.</param>
    /// <param name="now">The marketplace's time, RFC 3339.</param>
    /// <param name="start">The machine's last start.</param>
    public MeterState See(IReadOnlyList<MachineLeaseModel> listed, string now, MachineStart start)
    {
        var time = ParseInstant(now);
        var kept = Absences.Where(absence => ParseInstant(absence.To) > time - Memory);
        if (BootId is not null && BootId != start.BootId && SeenUntil is not null)
        {
            var (from, to) = (ParseInstant(SeenUntil), time - start.Ago);
            if (to > from) kept = kept.Append(new Absence(SeenUntil, InstantPattern.ExtendedIso.Format(to)));
        }

        var running = listed.ToDictionary(lease => lease.LeaseId);
        var known = Leases.Select(lease => running.ContainsKey(lease.LeaseId) ? lease : lease with { GoneBy = lease.GoneBy ?? now });
        var fresh = listed.Where(lease => Leases.All(l => l.LeaseId != lease.LeaseId)).Select(MeteredLease.Of);
        return new MeterState(start.BootId, now, [.. kept], [.. known, .. fresh]);
    }

    /// <summary>Replaces a lease, or removes it where it is finished.</summary>
    public MeterState With(MeteredLease lease, bool isFinished) =>
        this with { Leases = [.. Leases.Where(l => !isFinished || l.LeaseId != lease.LeaseId).Select(l => l.LeaseId == lease.LeaseId ? lease : l)] };

    /// <summary>What is due of a lease, less the time that the machine was off.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="nextSequence">What the marketplace expects next.</param>
    public IReadOnlyList<SignedReading> Due(MeteredLease lease, long nextSequence)
    {
        var first = Math.Max(nextSequence, lease.SkipTo);
        return SeenUntil is null ? [] : [.. ReadingGrid.Due(lease.ReadyAt, lease.WindowEnd, lease.GpuCount, first, SeenUntil)
            .TakeWhile(reading => !lease.IsOverBefore(reading))
            .Take(ReadingBatchFormat.MaxReadings)
            .Select(reading => WithoutAbsences(reading, lease.GpuCount))];
    }

    /// <summary>Whether nothing is left to send of a lease from a sequence on.</summary>
    public static bool IsFinished(MeteredLease lease, long nextSequence)
    {
        var next = ReadingGrid.Due(lease.ReadyAt, lease.WindowEnd, lease.GpuCount, Math.Max(nextSequence, lease.SkipTo), lease.WindowEnd).FirstOrDefault();
        return next is null || lease.IsOverBefore(next);
    }

    private SignedReading WithoutAbsences(SignedReading reading, int gpuCount)
    {
        var (from, to) = (ParseInstant(reading.From), ParseInstant(reading.To));
        var down = Absences.Sum(absence => Overlap(from, to, ParseInstant(absence.From), ParseInstant(absence.To)));
        if (down == 0) return reading;
        var served = Math.Max(0, (long)(to - from).TotalSeconds - down) * gpuCount;
        return reading with { GpuSeconds = served, State = served == 0 ? "down" : reading.State };
    }

    // A second that the machine was off for in part counts as off.
    private static long Overlap(Instant from, Instant to, Instant offFrom, Instant offTo)
    {
        var (start, end) = (Instant.Max(from, offFrom), Instant.Min(to, offTo));
        return end <= start ? 0 : (long)Math.Ceiling((end - from).TotalSeconds) - (long)Math.Floor((start - from).TotalSeconds);
    }

    internal static Instant ParseInstant(string text) => InstantPattern.ExtendedIso.Parse(text).GetValueOrThrow();
}

/// <summary>A time in which the machine was off, by the marketplace's clock.</summary>
/// <param name="From">When it was last seen up.</param>
/// <param name="To">When it was started again.</param>
internal sealed record Absence(string From, string To);

/// <summary>A lease that this machine meters.</summary>
/// <param name="LeaseId">The lease.</param>
/// <param name="GpuCount">GPUs leased.</param>
/// <param name="ReadyAt">From when it is billed.</param>
/// <param name="WindowEnd">The end of its window.</param>
/// <param name="GoneBy">When it was found to run no longer; null while it runs.</param>
/// <param name="SkipTo">The first sequence that the marketplace has not refused; 1 unless it refused any. What it refused once is not sent again.</param>
internal sealed record MeteredLease(string LeaseId, int GpuCount, string ReadyAt, string WindowEnd, string? GoneBy, long SkipTo)
{
    /// <summary>A lease as the marketplace lists it.</summary>
    public static MeteredLease Of(MachineLeaseModel lease) => new(lease.LeaseId, lease.GpuCount, lease.ReadyAt, lease.Window.To!, null, 1);

    /// <summary>Whether the lease had ended before a reading's interval.</summary>
    public bool IsOverBefore(SignedReading reading) =>
        GoneBy is not null && MeterState.ParseInstant(reading.From) >= MeterState.ParseInstant(GoneBy);
}
