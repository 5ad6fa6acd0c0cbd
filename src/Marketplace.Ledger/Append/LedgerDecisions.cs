using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Ledger;

/// <summary>What the ledger refuses because of what stands in it, in the order of <see cref="LedgerRefusal"/>.</summary>
internal static class LedgerDecisions
{
    /// <summary>Whether an entry may be taken back by another; null if it may.</summary>
    /// <param name="reversal">The entry that takes back.</param>
    /// <param name="reversed">The entry that is named, or null if there is none.</param>
    /// <param name="reversedBy">What took it back before, or null.</param>
    public static LedgerRefusal? Reverse(RecordEntry reversal, LedgerEntry? reversed, EntryId? reversedBy)
    {
        if (reversed is null) return LedgerRefusal.ReversedEntryUnknown;
        if (reversed.Entry.Postings.Count == 0) return LedgerRefusal.NothingPosted;
        if (reversed.Entry.Reverses is not null) return LedgerRefusal.ReversalOfReversal;
        if (reversedBy is not null) return LedgerRefusal.AlreadyReversed;
        return reversal.Postings.SequenceEqual(Negate(reversed.Entry.Postings)) ? null : LedgerRefusal.ReversalDiffers;
    }

    /// <summary>The postings that take back others.</summary>
    public static IReadOnlyList<Posting> Negate(IReadOnlyList<Posting> postings) => [.. postings.Select(p => p with { Amount = -p.Amount })];

    /// <summary>What an entry does to its hold, or why it does not; nothing where it is posted anyway and there is nothing left.</summary>
    /// <param name="proposed">The entry; it has to do with a hold.</param>
    /// <param name="held">The hold as it stands, or null if there is none.</param>
    /// <param name="now">When the entry is recorded.</param>
    public static Result<HoldChange?, LedgerRefusal> Hold(ProposedEntry proposed, Held? held, Instant now)
    {
        var hold = proposed.Hold!;
        var result = Strictly(proposed, hold, held, now);
        if (!hold.PostsAnyway || result.TryGet(out _, out var refusal)) return result;
        return refusal switch
        {
            LedgerRefusal.HoldUnknown or LedgerRefusal.HoldSettled or LedgerRefusal.HoldExpired => (HoldChange?)null,
            LedgerRefusal.HoldExceeded => new HoldChange(hold.HoldId, hold.Step, held!.Account, -held.Rest),
            _ => result,
        };
    }

    private static Result<HoldChange?, LedgerRefusal> Strictly(ProposedEntry proposed, ProposedHold hold, Held? held, Instant now)
    {
        if (hold.Terms is { } terms) return new HoldChange(hold.HoldId, hold.Step, terms.Account, terms.Amount, terms.ExpiresAt);
        if (held is null || held.Amount.Currency != proposed.Entry.Currency) return LedgerRefusal.HoldUnknown;
        if (held.Rest.IsZero) return LedgerRefusal.HoldSettled;
        if (hold.Step == HoldStep.Voided) return new HoldChange(hold.HoldId, hold.Step, held.Account, -held.Rest);

        if (held.ExpiresAt <= now) return LedgerRefusal.HoldExpired;
        var debit = proposed.Entry.Postings.Where(p => p.Account == held.Account).Aggregate(Money.Zero(held.Amount.Currency), (sum, p) => sum + p.Amount);
        if (debit <= Money.Zero(debit.Currency)) return LedgerRefusal.HeldAccountNotDebited;
        if (debit > held.Rest) return LedgerRefusal.HoldExceeded;
        return new HoldChange(hold.HoldId, hold.Step, held.Account, hold.ReleasesRest ? -held.Rest : -debit);
    }
}
