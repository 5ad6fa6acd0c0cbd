using Marketplace.BenchmarkWorker.Enrol;
using Marketplace.Client;

namespace Marketplace.BenchmarkWorker.Meter;

/// <summary>
/// Reports what this machine's leases use, turn by turn, in signed batches that are chained. Being killed at any point neither loses
/// nor repeats a second: each turn begins from the marketplace's head of the lease, and the state is written before anything is sent.
/// </summary>
/// <param name="client">The marketplace, as this machine.</param>
/// <param name="key">The key that signs the batches; asked for each.</param>
/// <param name="file">Where the state is kept.</param>
/// <param name="start">Tells the machine's last start.</param>
internal sealed class LeaseMeter(MarketplaceClient client, Func<MachineKeyFile> key, MeterStateFile file, Func<MachineStart> start)
{
    private readonly Dictionary<string, long> nextSequences = [];
    private MeterState state = file.Read();

    /// <summary>Whether any lease has something left to report, now or later.</summary>
    public bool HasLeases => state.Leases.Count > 0;

    /// <summary>How long it was at the last turn until the next lease begins; null where none is to come.</summary>
    public TimeSpan? NextStartsIn { get; private set; }

    /// <summary>Sends what is due.</summary>
    /// <param name="only">Only this lease; all unless given.</param>
    /// <param name="cancellationToken">Ends the turn.</param>
    /// <exception cref="ProblemException">The marketplace refuses; the next turn asks anew.</exception>
    /// <exception cref="ServerUnreachableException">The marketplace stayed away.</exception>
    public async Task<IReadOnlyList<MeteredBatch>> TurnAsync(string? only, CancellationToken cancellationToken)
    {
        var listed = await client.ListMachineLeasesAsync(cancellationToken);
        var now = (await client.GetTimeAsync(cancellationToken)).Now;
        NextStartsIn = listed.NextStartsAt is { } next ? (MeterState.ParseInstant(next) - MeterState.ParseInstant(now)).ToTimeSpan() : null;
        Keep(state.See(listed.Items, now, start()));
        var sent = new List<MeteredBatch>();
        foreach (var lease in state.Leases.Where(lease => only is null || lease.LeaseId == only))
            sent.AddRange(await ReportAsync(lease, cancellationToken));
        return sent;
    }

    private async Task<IReadOnlyList<MeteredBatch>> ReportAsync(MeteredLease lease, CancellationToken cancellationToken)
    {
        var sent = new List<MeteredBatch>();
        while (true)
        {
            // The head is asked for where an interval is over that it did not have when it was last asked.
            if (nextSequences.TryGetValue(lease.LeaseId, out var known) && IsUpToDate(lease, known)) return sent;
            var head = await client.GetReadingHeadAsync(lease.LeaseId, cancellationToken);
            nextSequences[lease.LeaseId] = head.NextSequence;
            if (IsUpToDate(lease, head.NextSequence)) return sent;
            var readings = state.Due(lease, head.NextSequence);
            var batch = await client.SubmitReadingsAsync(
                LeaseId.Parse(lease.LeaseId), key().Enrolment, key().Key, head.LastBatchHash, readings, cancellationToken);
            var accepted = batch.Readings.Count(reading => reading.Outcome is "accepted" or "overlapping");
            nextSequences[lease.LeaseId] = readings[^1].Sequence + 1;
            sent.Add(new MeteredBatch(lease.LeaseId, readings[0].From, readings[^1].To, readings.Sum(r => r.GpuSeconds), accepted, readings.Count));
            if (accepted == readings.Count) continue;
            lease = lease with { SkipTo = readings[^1].Sequence + 1 };
            Keep(state.With(lease, isFinished: false));
        }
    }

    private bool IsUpToDate(MeteredLease lease, long nextSequence)
    {
        if (state.Due(lease, nextSequence).Count > 0) return false;
        var isFinished = MeterState.IsFinished(lease, nextSequence);
        Keep(state.With(lease, isFinished));
        if (isFinished) nextSequences.Remove(lease.LeaseId);
        return true;
    }

    private void Keep(MeterState next)
    {
        state = next;
        file.Write(state);
    }
}

/// <summary>A batch that was sent.</summary>
/// <param name="LeaseId">The lease.</param>
/// <param name="From">The first reading's first instant.</param>
/// <param name="To">The instant after the last reading's last.</param>
/// <param name="GpuSeconds">What the readings say was served.</param>
/// <param name="Accepted">How many readings count.</param>
/// <param name="Readings">How many were sent.</param>
internal sealed record MeteredBatch(string LeaseId, string From, string To, long GpuSeconds, int Accepted, int Readings);
