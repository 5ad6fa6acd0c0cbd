using System.Text.Json;
using Marketplace.Contracts;
using Marketplace.Runtime;
using NodaTime;

namespace Marketplace.Metering;

/// <summary>A reading as it was sent and what became of it.</summary>
/// <param name="Reading">As signed.</param>
/// <param name="Outcome">What became of it.</param>
public sealed record JudgedReading(SignedReading Reading, ReadingOutcome Outcome);

/// <summary>What is kept of a batch before the bytes that were signed.</summary>
/// <param name="Number">Its place among the lease's batches, from 1.</param>
/// <param name="Hash">Its hash, which the next batch names.</param>
/// <param name="Signature">The signature.</param>
/// <param name="ReceivedAt">When it came.</param>
/// <param name="Outcomes">What became of its readings, in their order.</param>
internal sealed record BatchHead(long Number, string Hash, string Signature, Instant ReceivedAt, IReadOnlyList<OutcomeRun> Outcomes);

/// <summary>Readings that follow each other and had one outcome.</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="Readings">How many.</param>
internal sealed record OutcomeRun(ReadingOutcome Outcome, int Readings)
{
    public static IReadOnlyList<OutcomeRun> Of(IReadOnlyList<ReadingOutcome> outcomes)
    {
        var runs = new List<OutcomeRun>();
        var begin = 0;
        for (var i = 1; i <= outcomes.Count; i++)
        {
            if (i < outcomes.Count && outcomes[i] == outcomes[begin]) continue;
            runs.Add(new OutcomeRun(outcomes[begin], i - begin));
            begin = i;
        }

        return runs;
    }
}

/// <summary>
/// A batch as it is kept: one line that says what became of it, then the very bytes that were signed, so that the signature can be
/// checked again at any time.
/// </summary>
public sealed class ReadingBatch
{
    private readonly BatchHead head;
    private readonly SignedBatch said;
    private readonly ReadOnlyMemory<byte> signed;

    private ReadingBatch(BatchHead head, ReadOnlyMemory<byte> signed)
    {
        (this.head, this.signed, said) = (head, signed, SignedBatch.Read(signed.Span));
        if (head.Outcomes.Any(run => run.Readings is < 1 or > ReadingBatchFormat.MaxReadings)) throw new FormatException($"Batch {head.Number} has outcomes of more readings than it may have.");
        var outcomes = head.Outcomes.SelectMany(run => Enumerable.Repeat(run.Outcome, run.Readings)).ToList();
        if (outcomes.Count != said.Readings.Count) throw new FormatException($"Batch {head.Number} has {said.Readings.Count} readings and {outcomes.Count} outcomes.");
        Readings = [.. said.Readings.Zip(outcomes, (reading, outcome) => new JudgedReading(reading, outcome))];
    }

    /// <summary>Its place among the lease's batches, from 1.</summary>
    public long Number => head.Number;

    /// <summary>Its hash, which the next batch names.</summary>
    public string Hash => head.Hash;

    /// <summary>The hash of the batch before it.</summary>
    public string PreviousBatchHash => said.PreviousBatchHash;

    /// <summary>Whose key signed it.</summary>
    public EnrolmentId MachineKeyId => said.MachineKeyId;

    /// <summary>The signature.</summary>
    public string Signature => head.Signature;

    /// <summary>When it came.</summary>
    public Instant ReceivedAt => head.ReceivedAt;

    /// <summary>Its readings in the order sent.</summary>
    public IReadOnlyList<JudgedReading> Readings { get; }

    /// <summary>The row of a batch.</summary>
    internal static byte[] ToRow(BatchHead head, ReadOnlySpan<byte> signed) => [.. MarketplaceJson.Serialize(head), (byte)'\n', .. signed];

    /// <summary>Reads a row.</summary>
    /// <exception cref="FormatException">It is no batch.</exception>
    internal static ReadingBatch OfRow(ReadOnlyMemory<byte> row)
    {
        var end = row.Span.IndexOf((byte)'\n');
        if (end < 0) throw new FormatException("A batch was kept without what was signed.");
        try
        {
            return new ReadingBatch(MarketplaceJson.Deserialize<BatchHead>(row[..end]), row[(end + 1)..]);
        }
        catch (JsonException spoilt)
        {
            throw new FormatException("The line before what was signed cannot be read.", spoilt);
        }
    }

    internal IEnumerable<Reading> AcceptedReadings() =>
        Readings.Where(r => r.Outcome.Counts()).Select(r => ReadingText.Parse(r.Reading));

    /// <summary>Whether the bytes are of this lease and are those that the hash names.</summary>
    internal bool IsAsSigned(LeaseId lease) => said.LeaseId == lease && ReadingBatchFormat.Hash(signed.Span) == Hash;

    /// <summary>Whether the signature is a key's over the bytes.</summary>
    /// <param name="publicKey">SubjectPublicKeyInfo, DER.</param>
    internal bool IsSignedBy(ReadOnlySpan<byte> publicKey) => ReadingBatchFormat.Verify(signed.Span, Signature, publicKey);
}
