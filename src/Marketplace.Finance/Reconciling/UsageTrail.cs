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
    /// <summary>What its readings give; null where they were not worked out again.</summary>
    public ReadingCheck? Readings { get; init; }

    /// <summary>When the month of its metering was closed; null while it is open.</summary>
    public Instant? ClosedAt { get; init; }

    public RatedCharge? Charge => Charges.Count > 0 ? Charges[0] : null;

    public LedgerEntry? Entry => Entries.Count > 0 ? Entries[0] : null;

    public ExternalInvoiceLine? Line => Lines.Count > 0 ? Lines[0] : null;

    /// <summary>
    /// When it counts: as the earliest stage that is there says. What was rated after its month was closed is a correction and counts
    /// when it was rated.
    /// </summary>
    public Instant At => Charge is { } late && late.RatedAt >= ClosedAt ? late.RatedAt : MeteredAt;

    /// <summary>When it was metered, by the earliest stage that is there.</summary>
    public Instant MeteredAt => Usage?.MeteredAt ?? Charge?.RatedAt ?? Entry?.Entry.BookedAt ?? Line!.CreatedAt;

    public InvoiceId? Invoice => Charge is { } charge ? charge.InvoiceId : Line?.InvoiceId;

    /// <summary>The tax, from whoever knows it, in the currency of the amount.</summary>
    public Money? Tax => Charge?.Tax ?? Entry?.Tax();

    /// <summary>What each stage says the use costs before tax, in order.</summary>
    public IReadOnlyList<DifferenceSide> Amounts()
    {
        var sides = new List<DifferenceSide>();
        if (this is { Readings: { } readings, Usage: { } read }) sides.Add(new(RecordStage.Readings, Key, read.Price.Cost(readings.Recomputed)));
        if (Usage is { } usage) sides.Add(new(RecordStage.Usage, usage.UsageId.ToString(), usage.Price.Cost(usage.Total)));
        if (Charge is { } charge) sides.Add(new(RecordStage.Charge, charge.UsageId.ToString(), charge.Amount));
        if (Entry is { } entry) sides.Add(new(RecordStage.LedgerEntry, entry.Entry.EntryId.ToString(), entry.Receivable() - entry.Tax()));
        if (Line is { } line) sides.Add(new(RecordStage.InvoiceLine, line.ExternalLineId, BeforeTax(line)));
        return sides;
    }

    /// <summary>What each stage says is used, in order, with what it costs there.</summary>
    public IReadOnlyList<(GpuTime Used, DifferenceSide Side)> Quantities()
    {
        var sides = new List<(GpuTime, DifferenceSide)>();
        if (Usage is not { } usage) return sides;
        if (Readings is { } readings) sides.Add((readings.Recomputed, new(RecordStage.Readings, Key, usage.Price.Cost(readings.Recomputed))));
        sides.Add((usage.Total, new(RecordStage.Usage, Key, usage.Price.Cost(usage.Total))));
        if (Charge is { } charge) sides.Add((charge.Used, new(RecordStage.Charge, Key, charge.Total())));
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

    public static Money Prepaid(this LedgerEntry entry) => -Sum(entry, AccountKind.BuyerPrepaid);

    public static Money Payable(this LedgerEntry entry) => -Sum(entry, AccountKind.ProviderPayable);

    private static Money Sum(LedgerEntry entry, AccountKind kind) => entry.Entry.Postings
        .Where(p => p.Account.Kind == kind).Aggregate(Money.Zero(entry.Entry.Currency), (sum, p) => sum + p.Amount);
}
