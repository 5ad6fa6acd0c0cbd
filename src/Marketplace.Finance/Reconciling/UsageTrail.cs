using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Finance;

/// <summary>All records of one usage record's way to the invoice.</summary>
internal sealed record UsageTrail(
    string Key,
    UsageMetered? Usage,
    IReadOnlyList<RatedCharge> Charges,
    IReadOnlyList<LedgerEntry> Entries,
    IReadOnlyList<ExternalInvoiceLine> Lines)
{
    public RatedCharge? Charge => Charges.Count > 0 ? Charges[0] : null;

    public LedgerEntry? Entry => Entries.Count > 0 ? Entries[0] : null;

    public ExternalInvoiceLine? Line => Lines.Count > 0 ? Lines[0] : null;

    /// <summary>When it counts: as the earliest stage that is there says.</summary>
    public Instant At => Usage?.MeteredAt ?? Charge?.RatedAt ?? Entry?.Entry.BookedAt ?? Line!.CreatedAt;

    public InvoiceId? Invoice => Charge is { } charge ? charge.InvoiceId : Line?.InvoiceId;

    /// <summary>The tax, from whoever knows it, in the currency of the amount.</summary>
    public Money? Tax => Charge?.Tax ?? Entry?.Tax();

    /// <summary>What each stage says the use costs before tax, in order.</summary>
    public IReadOnlyList<DifferenceSide> Amounts()
    {
        var sides = new List<DifferenceSide>();
        if (Usage is { } usage) sides.Add(new(RecordStage.Usage, usage.UsageId.ToString(), usage.Price.Cost(usage.Total)));
        if (Charge is { } charge) sides.Add(new(RecordStage.Charge, charge.UsageId.ToString(), charge.Amount));
        if (Entry is { } entry) sides.Add(new(RecordStage.LedgerEntry, entry.Entry.EntryId.ToString(), entry.Receivable() - entry.Tax()));
        if (Line is { } line) sides.Add(new(RecordStage.InvoiceLine, line.ExternalLineId, BeforeTax(line)));
        return sides;
    }

    /// <summary>What the buyer pays for it by the word of most stages.</summary>
    public Money Total => Consensus.Of(Amounts())!.Amount.Plus(Tax);

    /// <summary>Whether nothing of ours stands behind it.</summary>
    public bool IsOnlyLines => Usage is null && Charge is null && Entry is null;

    private Money BeforeTax(ExternalInvoiceLine line) => line.Amount.Plus(-Tax);
}

/// <summary>Sums of what a wrong record may hold: a part in another currency is left out, because that is a difference of its own.</summary>
internal static class ForgivingSums
{
    /// <summary>What the buyer pays for a charge.</summary>
    public static Money Total(this RatedCharge charge) => charge.Amount.Plus(charge.Tax);

    /// <summary>What the provider gets of a charge.</summary>
    public static Money ProviderShare(this RatedCharge charge) => charge.Amount.Plus(-charge.Fee);

    public static Money Plus(this Money amount, Money? part) => part is { } more && more.Currency == amount.Currency ? amount + more : amount;
}

/// <summary>What an entry says of each side of a sale. Amounts are positive where money is owed that way.</summary>
internal static class EntryAmounts
{
    public static Money Receivable(this LedgerEntry entry) => Sum(entry, AccountKind.BuyerReceivable);

    public static Money Tax(this LedgerEntry entry) => -Sum(entry, AccountKind.Tax);

    public static Money Fee(this LedgerEntry entry) => -Sum(entry, AccountKind.PlatformRevenue);

    public static Money Payable(this LedgerEntry entry) => -Sum(entry, AccountKind.ProviderPayable);

    private static Money Sum(LedgerEntry entry, AccountKind kind) => entry.Entry.Postings
        .Where(p => p.Account.Kind == kind).Aggregate(Money.Zero(entry.Entry.Currency), (sum, p) => sum + p.Amount);
}
