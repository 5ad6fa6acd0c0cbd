using Marketplace.Contracts;
using NodaTime;
using NodaTime.Text;

namespace Marketplace.Ledger;

/// <summary>Hashes of entries: <see cref="JournalEntryFormat"/> says of which bytes.</summary>
internal static class JournalFormat
{
    /// <summary>The hash of what an entry says, wherever and whenever it is recorded.</summary>
    public static string ContentHash(RecordEntry entry, HoldChange? hold) => JournalEntryFormat.ContentHash(Text(entry, hold));

    /// <summary>The hash of an entry in its place.</summary>
    public static string EntryHash(string previousHash, long sequence, Instant recordedAt, RecordEntry entry, HoldChange? hold) =>
        JournalEntryFormat.EntryHash(previousHash, sequence, Text(recordedAt), Text(entry, hold));

    private static EntryText Text(RecordEntry entry, HoldChange? hold) => new(
        entry.EntryId.ToString(),
        entry.Currency.Code,
        entry.Reason.ToString(),
        entry.Reference,
        Text(entry.BookedAt),
        [.. entry.Postings.Select(p => new PostingText(p.Account.ToString(), p.Amount.MinorUnits))],
        entry.Reverses?.ToString(),
        entry.Note,
        hold is null ? null : new HoldText(
            hold.Step.ToString(), hold.HoldId.ToString(), hold.Account.ToString(), hold.Pending.MinorUnits,
            hold.ExpiresAt is { } expiresAt ? Text(expiresAt) : null));

    private static string Text(Instant instant) => InstantPattern.ExtendedIso.Format(instant);
}
