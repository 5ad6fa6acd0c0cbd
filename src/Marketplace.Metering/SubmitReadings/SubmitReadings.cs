using Marketplace.Contracts;
using Marketplace.Runtime;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Metering;

/// <summary>A batch of readings as a machine sends it.</summary>
/// <param name="LeaseId">The lease they are of.</param>
/// <param name="MachineKeyId">The enrolled key that signed.</param>
/// <param name="PreviousBatchHash">The hash of the batch before, or <see cref="ReadingBatchFormat.NoBatch"/>.</param>
/// <param name="Readings">1 to <see cref="ReadingBatchFormat.MaxReadings"/>.</param>
/// <param name="Signature">As <see cref="ReadingBatchFormat.Sign"/> gives it.</param>
public sealed record SubmitReadingsCommand(
    LeaseId LeaseId, EnrolmentId MachineKeyId, string PreviousBatchHash, IReadOnlyList<SignedReading> Readings, string Signature);

/// <summary>Names a batch that was accepted.</summary>
/// <param name="Number">Its place among the lease's batches, from 1.</param>
public sealed record AcceptedBatch(long Number);

/// <summary>Where a lease's chain of batches stands, for a machine that has lost count.</summary>
/// <param name="LastBatchHash">What the next batch names as the batch before it.</param>
/// <param name="NextSequence">One above the highest accepted sequence.</param>
public sealed record ReadingHead(string LastBatchHash, long NextSequence);

/// <summary>Why a whole batch is refused, the first that applies.</summary>
public enum SubmitReadingsRefusal
{
    /// <summary>No lease of this machine that has been ready has this id.</summary>
    LeaseUnknown,

    /// <summary>The key is not enrolled for the machine, or it is revoked.</summary>
    MachineKeyUnknown,

    /// <summary>The signature is not the key's over this batch.</summary>
    SignatureInvalid,

    /// <summary>The batch does not follow the last accepted one; ask for the head and chain to it.</summary>
    BatchOutOfChain,
}

/// <summary>
/// Takes signed batches of readings. The batch's hash names it: a batch that was accepted before is answered with its first
/// outcomes, whatever became of the first answer.
/// </summary>
public sealed class SubmitReadings(Workspace workspace, IMachineKeys keys, VerifyingKeys verifying, TimeProvider time, MeteringOptions options)
{
    /// <summary>Judges and keeps a batch.</summary>
    /// <param name="machine">The machine that calls.</param>
    /// <param name="command">The batch; its texts and size are within the format's bounds.</param>
    /// <param name="idempotencyKey">The caller's name for this request.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The number of the batch, whose outcomes <see cref="ReadBatchAsync"/> reads.</returns>
    public async Task<Attempt<AcceptedBatch, SubmitReadingsRefusal>> SubmitAsync(
        MachineId machine, SubmitReadingsCommand command, IdempotencyKey idempotencyKey, CancellationToken cancellationToken)
    {
        var hash = ReadingBatchFormat.HashOf(command.LeaseId, command.MachineKeyId, command.PreviousBatchHash, command.Readings);
        var refusal = await CheckKeyAsync(machine, command, hash, cancellationToken);
        return await workspace.AttemptAsync<string, AcceptedBatch, SubmitReadingsRefusal>(
            MeteringRows.Of(command.LeaseId),
            idempotencyKey,
            $"{machine} {hash}",
            work => DecideAsync(work, machine, command, hash, refusal, cancellationToken),
            cancellationToken);
    }

    /// <summary>A batch that was accepted.</summary>
    public async Task<ReadingBatch> ReadBatchAsync(LeaseId lease, AcceptedBatch batch, CancellationToken cancellationToken)
    {
        var row = await workspace.Store.ReadAsync(MeteringRows.Of(lease), MeteringRows.Batch(batch.Number), cancellationToken);
        InvariantException.Require(row is not null, $"Batch {batch.Number} of {lease} was accepted and is not there.");
        return MarketplaceJson.Deserialize<ReadingBatch>(row.Body);
    }

    /// <summary>Where a lease's chain of batches stands, or null if it is no lease of the machine that has been ready.</summary>
    public async Task<ReadingHead?> ReadHeadAsync(MachineId machine, LeaseId lease, CancellationToken cancellationToken)
    {
        var work = workspace.Open(MeteringRows.Of(lease));
        var terms = await work.ReadAsync<MeteredLease>(MeteringRows.Terms, cancellationToken);
        var head = await work.ReadAsync<MeteringHead>(MeteringRows.Head, cancellationToken);
        return terms?.Ready.MachineId == machine && head is not null ? new ReadingHead(head.LastBatchHash, head.HighestSequence + 1) : null;
    }

    private async Task<SubmitReadingsRefusal?> CheckKeyAsync(
        MachineId machine, SubmitReadingsCommand command, string hash, CancellationToken cancellationToken)
    {
        var key = await keys.FindAsync(command.MachineKeyId, cancellationToken);
        if (key is not { MaySign: true } || key.MachineId != machine) return SubmitReadingsRefusal.MachineKeyUnknown;
        return verifying.Verify(hash, command.Signature, key) ? null : SubmitReadingsRefusal.SignatureInvalid;
    }

    private async Task<Result<AcceptedBatch, SubmitReadingsRefusal>> DecideAsync(
        PartitionWork work, MachineId machine, SubmitReadingsCommand command, string hash, SubmitReadingsRefusal? ofKey, CancellationToken cancellationToken)
    {
        // First: all that changes the lease changes its head, so that nothing read after it is older than what this batch is committed on.
        var head = await work.ReadAsync<MeteringHead>(MeteringRows.Head, cancellationToken);
        var lease = await work.ReadAsync<MeteredLease>(MeteringRows.Terms, cancellationToken);
        if (head is null || lease?.Ready.MachineId != machine) return SubmitReadingsRefusal.LeaseUnknown;
        if (ofKey is { } refused) return refused;
        if (await work.ReadAsync<AcceptedBatch>(MeteringRows.BatchOf(hash), cancellationToken) is { } first) return first;
        if (head.LastBatchHash != command.PreviousBatchHash) return SubmitReadingsRefusal.BatchOutOfChain;
        var now = time.Now();
        var stated = command.Readings.Select(StatedReading.Of).ToList();
        var known = await ReadKnownAsync(work, head, stated, cancellationToken);
        var judged = JudgeReadings.Judge(lease, known, stated, now, options);
        var batch = new ReadingBatch(head.Batches + 1, hash, command.PreviousBatchHash, command.MachineKeyId, command.Signature, now, judged);

        var number = new AcceptedBatch(batch.Number);
        var isLate = head is { Records: > 0, IsClosing: false } && judged.Any(r => r.Outcome.Counts());
        work.Put(MeteringRows.Batch(batch.Number), batch);
        work.Put(MeteringRows.BatchOf(hash), number);
        work.Put(MeteringRows.Head, head with
        {
            Batches = batch.Number,
            LastBatchHash = hash,
            HighestSequence = Math.Max(head.HighestSequence, known.HighestSequence),
            HighestEnd = Math.Max(head.HighestEnd, known.HighestEnd),
            IsClosing = head.IsClosing || isLate,
        });
        if (isLate) work.Send(new FinaliseUsage(command.LeaseId), now + options.LateReadingGrace);
        return number;
    }

    /// <summary>Only a batch that reaches back to sequences or seconds already seen needs the earlier batches.</summary>
    private static async Task<KnownReadings> ReadKnownAsync(
        PartitionWork work, MeteringHead head, List<StatedReading> stated, CancellationToken cancellationToken)
    {
        var known = new KnownReadings(stated.Count);
        var isAhead = stated.All(r => !r.HasTimes || r.Said.Sequence < 1 || (r.Said.Sequence > head.HighestSequence && r.From >= head.HighestEnd));
        if (isAhead) return known;
        await foreach (var (_, batch) in work.ReadRangeAsync<ReadingBatch>(MeteringRows.Batches, cancellationToken))
        {
            foreach (var judged in batch.Readings.Where(r => r.Outcome.Counts())) known.Add(StatedReading.Of(judged.Reading));
        }

        return known;
    }
}
