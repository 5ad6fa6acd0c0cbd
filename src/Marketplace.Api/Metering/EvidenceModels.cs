using System.Globalization;
using System.Text;
using Marketplace.Api.Requests;
using Marketplace.Client.Models;
using Marketplace.Contracts;
using Marketplace.Metering;

namespace Marketplace.Api.Metering;

/// <summary>Evidence as it goes over the wire, and as CSV (RFC 4180; a row per stretch; all times UTC).</summary>
internal static class EvidenceModels
{
    private const string CsvHeader =
        "usageId,leaseId,from,to,seconds,rule,gpuSeconds,notBilledGpuSeconds,sequence,readingFrom,readingTo,readingGpuSeconds,batch,batchHash,signatureValid,countersigned";

    public static EvidenceModel ToModel(UsageEvidence evidence)
    {
        var batchOf = AcceptedReadings(evidence);
        return new EvidenceModel(
            evidence.Usage.UsageId.ToString(),
            evidence.Usage.LeaseId.ToString(),
            evidence.GpuCount,
            evidence.ReadyAt.ToWire(),
            evidence.StoppedAt.ToWire(),
            evidence.CreditedFrom?.ToWire(),
            evidence.GapGraceSeconds,
            evidence.Usage.Total.GpuSeconds,
            evidence.Recomputed.GpuSeconds,
            [.. evidence.Segments.GroupBy(s => s.Rule).OrderBy(g => g.Key).Select(g => new EvidenceRuleModel(
                WireForms.Name(g.Key), g.Sum(s => s.Seconds()), g.Sum(s => s.Billed.GpuSeconds), g.Sum(s => NotBilled(evidence, s))))],
            [.. evidence.Segments.Select(s => new EvidenceSegmentModel(
                s.From.ToWire(), s.To.ToWire(), WireForms.Name(s.Rule), s.FirstSequence,
                s.FirstSequence is { } sequence ? batchOf[sequence].Batch : null, s.Billed.GpuSeconds, NotBilled(evidence, s)))],
            [.. evidence.Batches.Select(b => new EvidenceBatchModel(
                b.Number, b.Hash, b.PreviousBatchHash, b.MachineKeyId.ToString(), b.Signature, b.IsSignatureValid, b.ReceivedAt.ToWire(), ToModel(b.Countersignature)))],
            [.. evidence.Readings.Select(r => new EvidenceReadingModel(r.Batch, UsageModels.ToModel(r.Reading), WireForms.Name(r.Outcome)))]);
    }

    public static string ToCsv(UsageEvidence evidence)
    {
        var accepted = AcceptedReadings(evidence);
        var batches = evidence.Batches.ToDictionary(b => b.Number);
        var csv = new StringBuilder(CsvHeader).Append("\r\n");
        foreach (var s in evidence.Segments)
        {
            csv.Append(CultureInfo.InvariantCulture, $"{evidence.Usage.UsageId},{evidence.Usage.LeaseId},{s.From.ToWire()},{s.To.ToWire()},{s.Seconds()},");
            csv.Append(CultureInfo.InvariantCulture, $"{WireForms.Name(s.Rule)},{s.Billed.GpuSeconds},{NotBilled(evidence, s)},");
            if (s.FirstSequence is { } sequence)
            {
                // The times of an accepted reading are instants in one form: no text of a stranger gets into a cell.
                var (batch, reading) = (batches[accepted[sequence].Batch], accepted[sequence].Reading);
                csv.Append(CultureInfo.InvariantCulture, $"{sequence},{reading.From},{reading.To},{reading.GpuSeconds},");
                csv.Append(CultureInfo.InvariantCulture, $"{batch.Number},{batch.Hash},{Flag(batch.IsSignatureValid)},{Flag(batch.Countersignature is { IsSignatureValid: true })}\r\n");
            }
            else
            {
                csv.Append(",,,,,,,\r\n");
            }
        }

        return csv.ToString();
    }

    public static SignedBatchModel ToModel(CountersignedBatch kept) => new(
        kept.Batch.Number,
        kept.Batch.Hash,
        kept.Batch.PreviousBatchHash,
        kept.Batch.MachineKeyId.ToString(),
        kept.Batch.Signature,
        kept.Batch.ReceivedAt.ToWire(),
        [.. kept.Batch.Readings.Select(r => new EvidenceReadingModel(kept.Batch.Number, UsageModels.ToModel(r.Reading), WireForms.Name(r.Outcome)))],
        ToModel(kept.Countersignature?.Show(kept.Batch)));

    private static CountersignatureModel? ToModel(EvidenceCountersignature? shown) =>
        shown is null ? null : new(shown.KeyId.ToString(), shown.Signature, shown.IsSignatureValid, shown.CountersignedAt.ToWire());

    private static string Flag(bool value) => value ? "true" : "false";

    private static Dictionary<long, EvidenceReading> AcceptedReadings(UsageEvidence evidence) =>
        evidence.Readings.Where(r => r.Outcome.Counts()).DistinctBy(r => r.Reading.Sequence).ToDictionary(r => r.Reading.Sequence);

    private static long NotBilled(UsageEvidence evidence, UsageSegment segment) =>
        (segment.Seconds() * evidence.GpuCount) - segment.Billed.GpuSeconds;
}
