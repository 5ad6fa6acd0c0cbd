using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Billing.Prepaid;

/// <summary>What is left of a top-up, or is taken of it.</summary>
/// <param name="TopUpId">The top-up.</param>
/// <param name="Amount">More than zero.</param>
public sealed record TopUpPart(TopUpId TopUpId, Money Amount);

/// <summary>
/// What a buyer paid in advance in a currency and did not use, top-up by top-up. One row, so that what pays an invoice, and what is given
/// back, is taken of it once; the ledger's account follows it by entries.
/// </summary>
/// <param name="Parts">What is left, the oldest top-up first.</param>
public sealed record PrepaidFunds(IReadOnlyList<TopUpPart> Parts)
{
    /// <summary>Nothing.</summary>
    public static PrepaidFunds Empty { get; } = new([]);

    /// <summary>All of it.</summary>
    /// <param name="currency">Of every part.</param>
    public Money Total(Currency currency) => Sum(Parts, currency);

    /// <summary>What is left of one top-up.</summary>
    /// <param name="topUp">The top-up.</param>
    /// <param name="currency">Its currency.</param>
    public Money Of(TopUpId topUp, Currency currency) =>
        Parts.Where(part => part.TopUpId == topUp).Select(part => part.Amount).DefaultIfEmpty(Money.Zero(currency)).First();

    /// <summary>The sum of parts.</summary>
    public static Money Sum(IEnumerable<TopUpPart> parts, Currency currency) => parts.Aggregate(Money.Zero(currency), (sum, part) => sum + part.Amount);

    /// <summary>Takes up to an amount, in order.</summary>
    public (PrepaidFunds Left, IReadOnlyList<TopUpPart> Taken) Take(Money most)
    {
        var (taken, left) = (new List<TopUpPart>(), new List<TopUpPart>());
        foreach (var part in Parts)
        {
            var some = part.Amount < most ? part.Amount : most;
            most -= some;
            if (!some.IsZero) taken.Add(part with { Amount = some });
            if (some != part.Amount) left.Add(part with { Amount = part.Amount - some });
        }

        return (new PrepaidFunds(left), taken);
    }

    /// <summary>Funds with a part less.</summary>
    /// <exception cref="InvariantException">More is taken of the top-up than is left.</exception>
    public PrepaidFunds Less(TopUpPart part)
    {
        var left = Of(part.TopUpId, part.Amount.Currency) - part.Amount;
        InvariantException.Require(!left.IsNegative, $"More is taken of {part.TopUpId} than is left of it.");
        return With(part.TopUpId, left);
    }

    /// <summary>Funds with a part more: it was just paid, or is the buyer's again.</summary>
    public PrepaidFunds Plus(TopUpPart part) => With(part.TopUpId, Of(part.TopUpId, part.Amount.Currency) + part.Amount);

    private PrepaidFunds With(TopUpId topUp, Money amount)
    {
        var others = Parts.Where(part => part.TopUpId != topUp);
        return new([.. (amount.IsZero ? others : others.Append(new TopUpPart(topUp, amount))).OrderBy(part => part.TopUpId)]);
    }
}

/// <summary>A part of an invoice that is paid in advance.</summary>
/// <param name="Part">1 for the invoice's first.</param>
/// <param name="Amount">More than zero.</param>
/// <param name="From">The top-ups that it is taken of.</param>
/// <param name="UsedAt">When.</param>
/// <param name="EntryId">Its ledger entry.</param>
/// <param name="ExternalId">The payment service's id; null until it was told.</param>
public sealed record PrepaidUse(int Part, Money Amount, IReadOnlyList<TopUpPart> From, Instant UsedAt, EntryId EntryId, string? ExternalId = null)
{
    /// <summary>Our name of it, everywhere.</summary>
    /// <param name="invoice">The invoice.</param>
    public string Reference(InvoiceId invoice) => $"{invoice}:{Part}";

    /// <summary>The ledger entry: what the buyer owes is paid in advance.</summary>
    public RecordEntry Entry(OrganisationId buyer, InvoiceId invoice) => new(
        EntryId, Amount.Currency, EntryReason.PrepaidUsed, Reference(invoice), UsedAt,
        [
            new Posting(new Account(AccountKind.BuyerPrepaid, buyer), Amount),
            new Posting(new Account(AccountKind.BuyerReceivable, buyer), -Amount),
        ]);

    /// <summary>The entry that takes it back, because the invoice turned out to be paid otherwise.</summary>
    public RecordEntry Undone(OrganisationId buyer, InvoiceId invoice, EntryId entryId, Instant bookedAt)
    {
        var entry = Entry(buyer, invoice);
        return entry with
        {
            EntryId = entryId,
            Reason = EntryReason.Reversal,
            BookedAt = bookedAt,
            Postings = [.. entry.Postings.Select(posting => posting with { Amount = -posting.Amount })],
            Reverses = EntryId,
            Note = "The invoice was paid in full before.",
        };
    }
}
