using Marketplace.Client.Models;

namespace Marketplace.Client;

/// <summary>
/// Checks proofs of the journals without trusting the marketplace: with what one keeps (a head) and was shown (an entry), by recomputing hashes
/// (RFC 9162, section 2.1; the bytes of an entry are those of <see cref="JournalEntryFormat"/>). Keep a head now and then, and no one can
/// change what stood before it unseen.
/// </summary>
public static class JournalProofs
{
    /// <summary>Whether the entry, as it is shown here, stands in the journal whose head this is.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="proof">Its proof against the journal at the head's size.</param>
    /// <param name="head">A head that one trusts: kept, or shown to be continued by <see cref="Continues"/>.</param>
    public static bool Holds(LedgerEntryModel entry, InclusionProofModel proof, JournalHeadModel head) =>
        proof.Currency == head.Currency
        && entry.Currency == head.Currency
        && proof.Sequence == entry.Sequence
        && proof.Size == head.Sequence
        && TryHash(entry, proof.PreviousHash, out var hash)
        && hash == entry.Hash
        && MerkleTree.VerifyInclusion(MerkleTree.LeafOf(hash), entry.Sequence - 1, head.Sequence, proof.Path, head.RootHash);

    /// <summary>Whether the journal of a newer head holds all that it held under an older one.</summary>
    public static bool Continues(JournalHeadModel older, JournalHeadModel newer, ConsistencyProofModel proof) =>
        older.Currency == newer.Currency
        && proof.Currency == newer.Currency
        && proof.FromSize == older.Sequence
        && proof.ToSize == newer.Sequence
        && MerkleTree.VerifyConsistency(older.Sequence, older.RootHash, newer.Sequence, newer.RootHash, proof.Path);

    private static bool TryHash(LedgerEntryModel entry, string previousHash, out string hash)
    {
        hash = "";
        if (!ReadingBatchFormat.IsHash(previousHash) || !Currency.TryParse(entry.Currency, out var currency)) return false;
        var postings = new List<PostingText>();
        foreach (var posting in entry.Postings)
        {
            if (!TryMinor(posting.Amount, currency, out var minor)) return false;
            postings.Add(new PostingText(posting.Account, minor));
        }

        HoldText? hold = null;
        if (entry.Hold is { } held)
        {
            if (!TryMinor(held.Pending, currency, out var minor)) return false;
            hold = new HoldText(Member(held.Step), held.HoldId, held.Account, minor, held.ExpiresAt);
        }

        hash = JournalEntryFormat.EntryHash(previousHash, entry.Sequence, entry.RecordedAt, new EntryText(
            entry.EntryId, entry.Currency, Member(entry.Reason), entry.Reference, entry.BookedAt, postings, entry.Reverses, entry.Note, hold));
        return true;
    }

    private static bool TryMinor(MoneyModel money, Currency currency, out long minor)
    {
        var valid = Money.TryParse(money.Amount, currency, out var amount) && money.Currency == currency.Code;
        minor = amount.MinorUnits;
        return valid;
    }

    private static string Member(string wireName) => wireName.Length == 0 ? "" : char.ToUpperInvariant(wireName[0]) + wireName[1..];
}
