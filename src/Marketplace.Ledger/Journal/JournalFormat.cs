using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Marketplace.Contracts;
using NodaTime;
using NodaTime.Text;

namespace Marketplace.Ledger;

/// <summary>
/// The bytes that hashes of the journal are made of: the one place that defines them. UTF-8 lines, each ended by a line feed.
/// An entry's content is <c>gpu-hour ledger entry v1</c>, entry id, currency, reason, reference, booked-at, the number of postings,
/// then per posting account, a space and the amount in minor units. An entry's hash is the SHA-256 of the hash before it, its
/// sequence and its recorded-at, a line each, and its content. Hashes are lower-case hex; instants are RFC 3339.
/// </summary>
internal static class JournalFormat
{
    /// <summary>What the first entry names as the hash before it: 64 zeros.</summary>
    public static string NoEntry { get; } = new('0', 64);

    /// <summary>The hash of what an entry says, wherever and whenever it is recorded.</summary>
    public static string ContentHash(RecordEntry entry) => Hash(Content(entry));

    /// <summary>The hash of an entry in its place.</summary>
    public static string EntryHash(string previousHash, long sequence, Instant recordedAt, RecordEntry entry) =>
        Hash(string.Create(
            CultureInfo.InvariantCulture,
            $"{previousHash}\n{sequence}\n{InstantPattern.ExtendedIso.Format(recordedAt)}\n{Content(entry)}"));

    private static string Content(RecordEntry entry)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"gpu-hour ledger entry v1\n{entry.EntryId}\n{entry.Currency}\n{entry.Reason}\n{entry.Reference}\n");
        text.Append(CultureInfo.InvariantCulture, $"{InstantPattern.ExtendedIso.Format(entry.BookedAt)}\n{entry.Postings.Count}\n");
        foreach (var posting in entry.Postings)
        {
            text.Append(CultureInfo.InvariantCulture, $"{posting.Account} {posting.Amount.MinorUnits}\n");
        }

        return text.ToString();
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
