using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Marketplace.Kernel;

/// <summary>One side of a journal entry, as text.</summary>
/// <param name="Account">Such as <c>buyerReceivable:org_01J…</c>.</param>
/// <param name="MinorUnits">Debits positive, credits negative.</param>
public sealed record PostingText(string Account, long MinorUnits);

/// <summary>What a journal entry does to a hold, as text.</summary>
/// <param name="Step">Such as <c>Placed</c>.</param>
/// <param name="HoldId">The hold.</param>
/// <param name="Account">The held account.</param>
/// <param name="PendingMinorUnits">What is pending on it more or less.</param>
/// <param name="ExpiresAt">RFC 3339, or null.</param>
public sealed record HoldText(string Step, string HoldId, string Account, long PendingMinorUnits, string? ExpiresAt);

/// <summary>A journal entry as text: what its hash is made of.</summary>
/// <param name="EntryId">Its id.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Reason">Such as <c>UsageCharged</c>.</param>
/// <param name="Reference">The id of what happened.</param>
/// <param name="BookedAt">RFC 3339.</param>
/// <param name="Postings">In the entry's order.</param>
/// <param name="Reverses">The entry that is taken back, or null.</param>
/// <param name="Note">Why, one line, or null.</param>
/// <param name="Hold">What happens to a hold, or null.</param>
public sealed record EntryText(
    string EntryId, string Currency, string Reason, string Reference, string BookedAt, IReadOnlyList<PostingText> Postings,
    string? Reverses = null, string? Note = null, HoldText? Hold = null);

/// <summary>
/// The bytes that hashes of a journal are made of: the one place that defines them, for the ledger and for who checks it. UTF-8 lines, each
/// ended by a line feed. An entry's content is <c>gpu-hour ledger entry v1</c>, entry id, currency, reason, reference, booked-at, the
/// number of postings, per posting account, a space and the amount in minor units; then, only where there is one, <c>reverses</c> and an
/// entry id, <c>note</c> and the note, <c>hold</c> with step, hold, account, pending minor units and expiry (<c>-</c> for none). An entry's
/// hash is the SHA-256 of the hash before it, its sequence and its recorded-at, a line each, and its content. Hashes are lower-case hex.
/// </summary>
public static class JournalEntryFormat
{
    /// <summary>What the first entry names as the hash before it: 64 zeros.</summary>
    public static string NoEntry { get; } = new('0', 64);

    /// <summary>The hash of what an entry says, wherever and whenever it is recorded.</summary>
    public static string ContentHash(EntryText entry) => Hash(Content(entry));

    /// <summary>The hash of an entry in its place.</summary>
    public static string EntryHash(string previousHash, long sequence, string recordedAt, EntryText entry) =>
        Hash(string.Create(CultureInfo.InvariantCulture, $"{previousHash}\n{sequence}\n{recordedAt}\n{Content(entry)}"));

    private static string Content(EntryText entry)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"gpu-hour ledger entry v1\n{entry.EntryId}\n{entry.Currency}\n{entry.Reason}\n{entry.Reference}\n");
        text.Append(CultureInfo.InvariantCulture, $"{entry.BookedAt}\n{entry.Postings.Count}\n");
        foreach (var posting in entry.Postings) text.Append(CultureInfo.InvariantCulture, $"{posting.Account} {posting.MinorUnits}\n");
        if (entry.Reverses is not null) text.Append(CultureInfo.InvariantCulture, $"reverses {entry.Reverses}\n");
        if (entry.Note is not null) text.Append(CultureInfo.InvariantCulture, $"note {entry.Note}\n");
        if (entry.Hold is { } hold)
            text.Append(CultureInfo.InvariantCulture, $"hold {hold.Step} {hold.HoldId} {hold.Account} {hold.PendingMinorUnits} {hold.ExpiresAt ?? "-"}\n");
        return text.ToString();
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
