namespace Marketplace.Api.Problems;

public static partial class ProblemTypes
{
    /// <summary>An entry id that stands for something else.</summary>
    public static ProblemType EntryIdReused { get; } = new(
        "entry_id_reused", 409, "Entry id reused", "The id belongs to an entry with other content. Use a new one.");

    /// <summary>An entry that is not there to be taken back.</summary>
    public static ProblemType ReversedEntryUnknown { get; } = new(
        "reversed_entry_unknown", 404, "Reversed entry unknown", "The journal has no entry under that id.");

    /// <summary>An entry that only holds or releases.</summary>
    public static ProblemType NothingPosted { get; } = new(
        "nothing_posted", 422, "Nothing posted", "The entry only holds or releases money: there is nothing to take back.");

    /// <summary>An entry that takes back another.</summary>
    public static ProblemType ReversalOfReversal { get; } = new(
        "reversal_of_reversal", 422, "Reversal of a reversal", "The entry takes back another. Record that one again instead.");

    /// <summary>An entry that was taken back.</summary>
    public static ProblemType AlreadyReversed { get; } = new(
        "already_reversed", 409, "Already reversed", "The entry was taken back before; it is taken back once.");

    /// <summary>A reversal with postings of its own.</summary>
    public static ProblemType ReversalDiffers { get; } = new(
        "reversal_differs", 422, "Reversal differs", "The postings are not those of the reversed entry, negated.");

    /// <summary>A hold that is not there.</summary>
    public static ProblemType HoldUnknown { get; } = new("hold_unknown", 404, "Hold unknown", "The journal has no hold under that id.");

    /// <summary>A hold of which nothing is left.</summary>
    public static ProblemType HoldSettled { get; } = new(
        "hold_settled", 409, "Hold settled", "Nothing is left of the hold: it was posted or voided.");

    /// <summary>A hold whose time is over.</summary>
    public static ProblemType HoldExpired { get; } = new("hold_expired", 409, "Hold expired", "The hold has expired and cannot be posted.");

    /// <summary>A posting beside the held account.</summary>
    public static ProblemType HeldAccountNotDebited { get; } = new(
        "held_account_not_debited", 422, "Held account not debited", "The postings do not debit the account that is held.");

    /// <summary>Entries that are not what was recorded.</summary>
    public static ProblemType ChainBroken { get; } = new(
        "chain_broken", 409, "Chain broken", "An entry is missing or its hash is not its own: nothing is made of it. The journal's check names it.");

    /// <summary>More than was held.</summary>
    public static ProblemType HoldExceeded { get; } = new(
        "hold_exceeded", 409, "Hold exceeded", "More would be posted than is left of the hold.");
}
