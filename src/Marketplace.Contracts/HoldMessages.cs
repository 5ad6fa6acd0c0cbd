using NodaTime;

namespace Marketplace.Contracts;

/// <summary>
/// Command: set money aside. The account will be debited by at most the amount; until then the amount is pending, on that account and,
/// against it, on the <see cref="AccountKind.Hold"/> account of its owner. A hold is named by the entry that made it.
/// </summary>
/// <param name="HoldId">The entry, and with it the hold. The same id with the same content holds once.</param>
/// <param name="Currency">The journal.</param>
/// <param name="Reference">What it is for: a trade, a lease.</param>
/// <param name="BookedAt">When it counts.</param>
/// <param name="Account">Of an organisation; not itself a hold account.</param>
/// <param name="Amount">More than zero.</param>
/// <param name="ExpiresAt">From then on it cannot be posted, and what is left is released; null for never.</param>
public sealed record HoldEntry(
    EntryId HoldId, Currency Currency, string Reference, Instant BookedAt, Account Account, Money Amount, Instant? ExpiresAt = null) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "ledger.hold-entry.v1";
}

/// <summary>Command: post an entry out of a hold. What it debits the held account is taken from the hold, and is never more than is left of it.</summary>
/// <param name="EntryId">The entry that posts.</param>
/// <param name="HoldId">The hold.</param>
/// <param name="Currency">The journal.</param>
/// <param name="Reason">What happened.</param>
/// <param name="Reference">The id of what happened.</param>
/// <param name="BookedAt">When it counts.</param>
/// <param name="Postings">Two or more, summing to zero; together they debit the held account.</param>
/// <param name="ReleasesRest">Whether what is left of the hold is released; false where more is to be posted from it.</param>
/// <param name="PostsAnyway">
/// Whether the entry is posted all the same where the hold does not cover it: out of what is left of the hold, or, where there is none (any
/// more), without it. For what is owed whatever was set aside.
/// </param>
public sealed record PostHeld(
    EntryId EntryId, EntryId HoldId, Currency Currency, EntryReason Reason, string Reference, Instant BookedAt, IReadOnlyList<Posting> Postings,
    bool ReleasesRest = true, bool PostsAnyway = false) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "ledger.post-held.v1";
}

/// <summary>Command: release what is left of a hold.</summary>
/// <param name="EntryId">The entry that says so.</param>
/// <param name="HoldId">The hold.</param>
/// <param name="Currency">The journal.</param>
/// <param name="Reference">What ended it.</param>
/// <param name="BookedAt">When it counts.</param>
/// <param name="IfOpen">Whether nothing happens, instead of a refusal, when nothing is left: for an expiry.</param>
public sealed record VoidHeld(EntryId EntryId, EntryId HoldId, Currency Currency, string Reference, Instant BookedAt, bool IfOpen = false) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "ledger.void-held.v1";
}

/// <summary>What an entry does to a hold.</summary>
public enum HoldStep
{
    /// <summary>Makes it.</summary>
    Placed,

    /// <summary>Posts from it.</summary>
    Posted,

    /// <summary>Releases what is left.</summary>
    Voided,
}

/// <summary>The pending side of an entry: it moves as much on the hold account of the owner, the other way, so that pending sums to zero too.</summary>
/// <param name="HoldId">The hold: the entry that made it.</param>
/// <param name="Step">What happens to it.</param>
/// <param name="Account">The account that is held.</param>
/// <param name="Pending">What is pending on the account more (positive) or less.</param>
/// <param name="ExpiresAt">Until when it can be posted; said where it is made.</param>
public sealed record HoldChange(EntryId HoldId, HoldStep Step, Account Account, Money Pending, Instant? ExpiresAt = null);

/// <summary>Why the ledger does not record what it was asked to. In order of precedence: the first that holds is the answer.</summary>
public enum LedgerRefusal
{
    /// <summary>The entry's id was recorded with other content.</summary>
    EntryIdReused,

    /// <summary>There is no entry to take back under that id.</summary>
    ReversedEntryUnknown,

    /// <summary>The entry only holds or releases: there is nothing posted to take back. Void a hold instead.</summary>
    NothingPosted,

    /// <summary>The entry takes back another. Record that one again instead.</summary>
    ReversalOfReversal,

    /// <summary>The entry was taken back before.</summary>
    AlreadyReversed,

    /// <summary>The postings are not those of the entry, negated.</summary>
    ReversalDiffers,

    /// <summary>There is no such hold.</summary>
    HoldUnknown,

    /// <summary>Nothing is left of the hold: it was posted or voided.</summary>
    HoldSettled,

    /// <summary>The hold has expired.</summary>
    HoldExpired,

    /// <summary>The postings do not debit the held account.</summary>
    HeldAccountNotDebited,

    /// <summary>More would be posted than is left of the hold.</summary>
    HoldExceeded,
}

/// <summary>The ledger refused a command that was sent to it; nothing was recorded.</summary>
/// <param name="EntryId">The entry that it would have been.</param>
/// <param name="Currency">The journal.</param>
/// <param name="Refusal">Why.</param>
/// <param name="Reference">What it was for.</param>
public sealed record EntryRefused(EntryId EntryId, Currency Currency, LedgerRefusal Refusal, string Reference) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "ledger.entry-refused.v1";
}
