using Marketplace.Client;
using Marketplace.Client.Models;

namespace Marketplace.Local.Demo;

internal sealed partial class Story
{
    /// <summary>Shows why the line with the most unbilled time bills what it bills, and checks on the buyer's side that its entry stands in the ledger.</summary>
    private async Task ExplainLineAsync(CancellationToken cancellationToken)
    {
        var evidence = (await EvidenceAsync(cancellationToken)).MaxBy(e => e.Rules.Sum(rule => rule.NotBilledGpuSeconds))!;
        if (evidence.RecomputedGpuSeconds != evidence.GpuSeconds) throw new InvalidOperationException($"The readings of {evidence.UsageId} give something else.");
        narrator.Table(
            $"Why line {evidence.UsageId} bills {evidence.GpuSeconds:N0} GPU-s: {evidence.Readings.Count} readings, signed by the machine",
            ["rule", "seconds", "GPU-s billed", "GPU-s not billed"],
            [.. evidence.Rules.Select(rule => (IReadOnlyList<string>)[rule.Rule, $"{rule.Seconds:N0}", $"{rule.GpuSeconds:N0}", $"{rule.NotBilledGpuSeconds:N0}"])]);

        var head = (await world.Platform.GetJournalHeadsAsync(cancellationToken)).Items.Single(h => h.Currency == "CNY");
        var entries = await world.Platform.ListLedgerEntriesAsync("CNY", 200, null, cancellationToken);
        var entry = entries.Items.Single(e => e.Reference == evidence.UsageId);
        var proof = await world.Platform.ProveLedgerEntryAsync(entry.EntryId, head.Sequence, cancellationToken);
        if (!JournalProofs.Holds(entry, proof, head)) throw new InvalidOperationException($"Entry {entry.EntryId} is not proven to be in the journal.");
        narrator.Say(
            $"Its entry is number {entry.Sequence} of {head.Sequence} in the ledger: {proof.Path.Count} hashes prove it against the published head, without a token.");
    }

    private async Task<IReadOnlyList<EvidenceModel>> EvidenceAsync(CancellationToken cancellationToken)
    {
        var evidence = new List<EvidenceModel>();
        foreach (var invoice in (await world.Platform.ListInvoicesAsync(200, null, cancellationToken)).Items)
        {
            var lines = (await world.Platform.GetInvoiceAsync(invoice.InvoiceId, cancellationToken)).Lines!;
            foreach (var line in lines) evidence.Add(await world.Platform.GetEvidenceAsync(invoice.InvoiceId, line.UsageId, cancellationToken));
        }

        return evidence;
    }
}
