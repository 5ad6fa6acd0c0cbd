using Marketplace.Contracts;

namespace Marketplace.Ledger;

/// <summary>What every entry keeps by itself. An entry that does not is a mistake of our own code, never a caller's.</summary>
internal static class EntryRules
{
    /// <summary>So that an entry, the balances it changes and their statements fit one commit.</summary>
    public const int MaxPostings = 44;

    /// <summary>The longest note.</summary>
    public const int MaxNoteLength = 500;

    private const int MaxReferenceLength = 200;

    /// <exception cref="InvariantException">A rule is broken; the message names the entry and the rule.</exception>
    public static void Require(ProposedEntry proposed)
    {
        Require(proposed.Entry, posts: proposed.Hold is null or { Step: HoldStep.Posted });
        if (proposed.Hold is not { } hold) return;
        Rule(!hold.HoldId.IsUnset, proposed.Entry, "the id of its hold");
        if (hold.Terms is { } terms) RequireTerms(proposed.Entry, terms);
    }

    /// <summary>The same for an entry as it stands.</summary>
    public static void Require(LedgerEntry recorded)
    {
        Require(recorded.Entry, posts: recorded.Hold is null or { Step: HoldStep.Posted });
        if (recorded.Hold is not { } hold) return;
        Rule(!hold.HoldId.IsUnset, recorded.Entry, "the id of its hold");
        if (hold.Step == HoldStep.Placed) RequireTerms(recorded.Entry, new HoldTerms(hold.Account, hold.Pending, hold.ExpiresAt));
    }

    private static void Require(RecordEntry entry, bool posts)
    {
        Rule(!entry.EntryId.IsUnset, entry, "an id");
        Rule(IsReference(entry.Reference), entry, "a reference of visible characters");
        Rule(entry.Reverses.HasValue == (entry.Reason == EntryReason.Reversal), entry, "the entry it takes back exactly where it is a reversal");
        Rule(entry.Note is null ? entry.Reverses is null : IsNote(entry.Note), entry, "a note of one line, and a reversal one");
        if (posts) Rule(entry.Postings is { Count: >= 2 and <= MaxPostings }, entry, $"2 to {MaxPostings} postings");
        else Rule(entry.Postings is { Count: 0 }, entry, "no postings, for it only holds or releases");
        Int128 sum = 0;
        foreach (var posting in entry.Postings)
        {
            Rule(posting.Amount.Currency == entry.Currency, entry, "one currency");
            Rule(!posting.Amount.IsZero, entry, "no posting of nothing");
            Rule(HasOwner(posting.Account.Kind) == (posting.Account.Owner is { IsUnset: false }), entry, "owners exactly where accounts have one");
            sum += posting.Amount.MinorUnits;
        }

        Rule(sum == 0, entry, "postings that sum to zero");
    }

    private static void RequireTerms(RecordEntry entry, HoldTerms terms)
    {
        Rule(terms.Amount.Currency == entry.Currency && terms.Amount.MinorUnits > 0, entry, "more than nothing of its currency to hold");
        Rule(
            terms.Account.Kind != AccountKind.Hold && HasOwner(terms.Account.Kind) && terms.Account.Owner is { IsUnset: false },
            entry, "an organisation's account to hold on");
    }

    /// <summary>Whether there is one account of this kind per organisation, or one for the platform.</summary>
    public static bool HasOwner(AccountKind kind) => kind switch
    {
        AccountKind.BuyerReceivable or AccountKind.BuyerPrepaid or AccountKind.Hold or AccountKind.ProviderPayable or AccountKind.DisputeHold
            or AccountKind.AccruedReceivable => true,
        AccountKind.PlatformRevenue or AccountKind.Tax or AccountKind.PaymentClearing or AccountKind.Refund => false,
        _ => throw new InvariantException($"Unknown account kind {kind}."),
    };

    /// <summary>Whether a text may be a note: one line that says something.</summary>
    public static bool IsNote(string note) => note.Length <= MaxNoteLength && !string.IsNullOrWhiteSpace(note) && !note.Any(char.IsControl);

    private static bool IsReference(string? text) =>
        text is { Length: >= 1 and <= MaxReferenceLength } && !text.AsSpan().ContainsAnyExceptInRange('!', '~');

    private static void Rule(bool holds, RecordEntry entry, string rule) =>
        InvariantException.Require(holds, $"Entry {entry.EntryId} for {entry.Reference} must have {rule}.");
}
