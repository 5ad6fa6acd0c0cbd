using Marketplace.Contracts;

namespace Marketplace.Ledger;

/// <summary>What every entry keeps. An entry that does not is a mistake of our own code, never a caller's.</summary>
internal static class EntryRules
{
    /// <summary>So that an entry and the balances it changes fit one commit.</summary>
    public const int MaxPostings = 50;

    private const int MaxReferenceLength = 200;

    /// <exception cref="InvariantException">A rule is broken; the message names the entry and the rule.</exception>
    public static void Require(RecordEntry entry)
    {
        Rule(!entry.EntryId.IsUnset, entry, "an id");
        Rule(IsReference(entry.Reference), entry, "a reference of visible characters");
        Rule(entry.Postings is { Count: >= 2 and <= MaxPostings }, entry, $"2 to {MaxPostings} postings");
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

    /// <summary>Whether there is one account of this kind per organisation, or one for the platform.</summary>
    public static bool HasOwner(AccountKind kind) => kind switch
    {
        AccountKind.BuyerReceivable or AccountKind.BuyerPrepaid or AccountKind.Hold or AccountKind.ProviderPayable or AccountKind.DisputeHold => true,
        AccountKind.PlatformRevenue or AccountKind.Tax or AccountKind.PaymentClearing or AccountKind.Refund => false,
        _ => throw new InvariantException($"Unknown account kind {kind}."),
    };

    private static bool IsReference(string? text) =>
        text is { Length: >= 1 and <= MaxReferenceLength } && !text.AsSpan().ContainsAnyExceptInRange('!', '~');

    private static void Rule(bool holds, RecordEntry entry, string rule) =>
        InvariantException.Require(holds, $"Entry {entry.EntryId} for {entry.Reference} must have {rule}.");
}
