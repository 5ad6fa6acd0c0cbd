using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Ledger;

/// <summary>An entry that is asked for: what it posts, and what it is to do to a hold.</summary>
/// <param name="Entry">What is recorded. One that only holds or releases has no postings.</param>
/// <param name="Hold">Null for an entry that has to do with no hold.</param>
internal sealed record ProposedEntry(RecordEntry Entry, ProposedHold? Hold = null)
{
    public static ProposedEntry Of(RecordEntry entry) => new(entry);

    public static ProposedEntry Of(HoldEntry hold) => new(
        new RecordEntry(hold.HoldId, hold.Currency, EntryReason.Held, hold.Reference, hold.BookedAt, []),
        new ProposedHold(hold.HoldId, HoldStep.Placed, new HoldTerms(hold.Account, hold.Amount, hold.ExpiresAt)));

    public static ProposedEntry Of(PostHeld post) => new(
        new RecordEntry(post.EntryId, post.Currency, post.Reason, post.Reference, post.BookedAt, post.Postings),
        new ProposedHold(post.HoldId, HoldStep.Posted, ReleasesRest: post.ReleasesRest, PostsAnyway: post.PostsAnyway));

    public static ProposedEntry Of(VoidHeld hold) => new(
        new RecordEntry(hold.EntryId, hold.Currency, EntryReason.HoldReleased, hold.Reference, hold.BookedAt, []),
        new ProposedHold(hold.HoldId, HoldStep.Voided));

    /// <summary>Whether an entry that stands says what this one would.</summary>
    public bool IsSameAs(LedgerEntry recorded) =>
        JournalFormat.ContentHash(Entry, null) == JournalFormat.ContentHash(recorded.Entry, null)
        && ((Hold?.HoldId == recorded.Hold?.HoldId && Hold?.Step == recorded.Hold?.Step) || (recorded.Hold is null && Hold is { PostsAnyway: true }))
        && (Hold?.Terms is not { } terms || terms == new HoldTerms(recorded.Hold!.Account, recorded.Hold.Pending, recorded.Hold.ExpiresAt));
}

/// <summary>What is to happen to a hold.</summary>
/// <param name="HoldId">The hold.</param>
/// <param name="Step">What.</param>
/// <param name="Terms">Of a hold that is placed; null for all others.</param>
/// <param name="ReleasesRest">Whether a posting releases what is left.</param>
/// <param name="PostsAnyway">Whether it is posted all the same where the hold does not cover it.</param>
internal sealed record ProposedHold(EntryId HoldId, HoldStep Step, HoldTerms? Terms = null, bool ReleasesRest = true, bool PostsAnyway = false);

/// <summary>What is set aside.</summary>
internal sealed record HoldTerms(Account Account, Money Amount, Instant? ExpiresAt);
