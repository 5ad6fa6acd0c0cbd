using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Finance;

/// <summary>A movement of money at the payment service: a payment in, a transfer out, or what was paid in advance going to an invoice.</summary>
internal sealed record Movement(RecordStage Stage, string ExternalId, string? Subject, Money Amount, Money? BalanceAmount, Instant At)
{
    public static Movement Of(ExternalPayment payment) =>
        new(RecordStage.Payment, payment.ExternalId, payment.InvoiceId?.ToString() ?? payment.TopUpId?.ToString(), payment.Amount, payment.BalanceAmount, payment.CreatedAt);

    public static Movement Of(ExternalTransfer transfer) =>
        new(RecordStage.Transfer, transfer.ExternalId, transfer.PayoutId?.ToString(), transfer.Amount, null, transfer.CreatedAt);

    public static Movement Of(ExternalPrepaidUse use) =>
        new(RecordStage.ExternalPrepaidUse, use.ExternalId, use.Reference, use.Amount, null, use.CreatedAt);

    public DifferenceSide Side => new(Stage, ExternalId, Amount);
}

/// <summary>An invoice or top-up that should be paid, a part that should be paid in advance, a payout that should be transferred, and all that was found for it.</summary>
/// <param name="Subject">The invoice, top-up, part or payout.</param>
/// <param name="Stage">Which of them.</param>
/// <param name="Expected">What its charges add up to; several where its charges and their entries disagree, which is a difference of its own.</param>
/// <param name="IsDue">Whether there must be a movement.</param>
/// <param name="Movements">Those that name it.</param>
/// <param name="Entries">Ledger entries that name it.</param>
/// <param name="ExpectedAt">When it was expected; null where nothing of ours says so.</param>
internal sealed record Settlement(
    string Subject,
    RecordStage Stage,
    IReadOnlyList<Money> Expected,
    bool IsDue,
    IReadOnlyList<Movement> Movements,
    IReadOnlyList<LedgerEntry> Entries,
    Instant? ExpectedAt)
{
    /// <summary>A payout's own record; null for invoices, and where there is none.</summary>
    public BookedPayout? Payout { get; init; }

    /// <summary>What a payout's shares may add up to by its charges; several where these and their entries disagree, which is a difference of its own.</summary>
    public IReadOnlyList<Money> Shares { get; init; } = [];

    public Instant At => Movements.Count > 0 ? Movements[0].At : Entries.Count > 0 ? Entries[0].Entry.BookedAt : ExpectedAt!.Value;
}

/// <summary>The kinds that a comparison of settlements uses: one set for payments, one for transfers, one for what is paid in advance.</summary>
internal sealed record SettlementKinds(DifferenceKind Missing, DifferenceKind Duplicate, DifferenceKind Unknown, DifferenceKind Amount)
{
    public static SettlementKinds Payments { get; } = new(
        DifferenceKind.MissingPayment, DifferenceKind.DuplicatePayment, DifferenceKind.UnmatchedPayment, DifferenceKind.PaymentAmountDiffers);

    public static SettlementKinds PrepaidUses { get; } = new(
        DifferenceKind.MissingPrepaidUse, DifferenceKind.DuplicatePrepaidUse, DifferenceKind.UnknownPrepaidUse, DifferenceKind.PrepaidUseDiffers);

    public static SettlementKinds Transfers { get; } = new(
        DifferenceKind.MissingTransfer, DifferenceKind.DuplicateTransfer, DifferenceKind.UnknownTransfer, DifferenceKind.TransferDiffers);
}

/// <summary>Invoice or top-up, payment, balance and ledger; payout, transfer and ledger; a part that is paid in advance, here, there and in the ledger.</summary>
internal static class SettlementComparison
{
    /// <param name="settlements">What should be settled.</param>
    /// <param name="strays">Movements that name nothing.</param>
    /// <param name="kinds">What the differences are called.</param>
    public static IEnumerable<Difference> Compare(IReadOnlyList<Settlement> settlements, IReadOnlyList<Movement> strays, SettlementKinds kinds)
    {
        var unmatched = strays.ToList();
        foreach (var settlement in settlements)
        {
            foreach (var difference in Compare(settlement, unmatched, kinds)) yield return difference;
        }

        foreach (var movement in unmatched) yield return new(kinds.Unknown, movement.ExternalId, null, movement.Side);
    }

    private static IEnumerable<Difference> Compare(Settlement settlement, List<Movement> unmatched, SettlementKinds kinds)
    {
        if (settlement.Expected.Count == 0)
        {
            // Money moved for something we do not know; the entry only repeats it.
            foreach (var movement in settlement.Movements) yield return new(kinds.Unknown, settlement.Subject, null, movement.Side);
            if (settlement.Movements.Count > 0) yield break;
            foreach (var entry in settlement.Entries) yield return new(DifferenceKind.UnknownEntry, settlement.Subject, null, Side(settlement, entry));
            yield break;
        }

        if (settlement is { Stage: RecordStage.Payout, Payout: null })
        {
            yield return new(DifferenceKind.MissingPayout, settlement.Subject, new(settlement.Stage, settlement.Subject, settlement.Expected[0]), settlement.Movements.Count > 0 ? settlement.Movements[0].Side : null);
            yield break;
        }

        foreach (var entry in settlement.Entries.Skip(1))
        {
            yield return new(DifferenceKind.DuplicateEntry, settlement.Subject, Side(settlement, settlement.Entries[0]), Side(settlement, entry));
        }

        var own = new DifferenceSide(settlement.Stage, settlement.Subject, settlement.Expected[0]);
        if (settlement.Movements.Count == 0)
        {
            if (!settlement.IsDue) yield break;
            var unlabelled = unmatched.FindIndex(m => settlement.Expected.Contains(m.Amount));
            yield return unlabelled < 0
                ? new(kinds.Missing, settlement.Subject, own, null)
                : new(kinds.Unknown, settlement.Subject, own, unmatched[unlabelled].Side);
            if (unlabelled >= 0) unmatched.RemoveAt(unlabelled);
            yield break;
        }

        foreach (var movement in settlement.Movements.Skip(1))
        {
            yield return new(kinds.Duplicate, settlement.Subject, settlement.Movements[0].Side, movement.Side);
        }

        if (settlement.Entries.Count == 0) yield return new(DifferenceKind.MissingEntry, settlement.Subject, settlement.Movements[0].Side, null);
        var isOwnRight = true;
        foreach (var difference in Amounts(settlement, kinds))
        {
            isOwnRight &= difference.Found!.Stage != settlement.Stage;
            yield return difference;
        }

        // Of charges that are too far back for their shares to be added up, the payout's own sum must do.
        var isSummed = settlement.Shares.Count == 0 || settlement.Payout is null || settlement.Shares.Contains(settlement.Payout.Shares);
        if (isOwnRight && settlement.Payout is { } payout && (payout.Amount != payout.Shares - payout.Owed || !isSummed))
        {
            yield return new(
                DifferenceKind.PayoutDiffers,
                settlement.Subject,
                new(RecordStage.Charge, settlement.Subject, settlement.Shares.Count > 0 ? settlement.Shares[0] : payout.Amount.Plus(payout.Owed)),
                new(RecordStage.Payout, settlement.Subject, payout.Shares));
        }
    }

    private static IEnumerable<Difference> Amounts(Settlement settlement, SettlementKinds kinds)
    {
        var movement = settlement.Movements[0];
        var own = settlement.Expected.Contains(movement.Amount) ? movement.Amount : settlement.Expected[0];
        var sides = new List<DifferenceSide> { new(settlement.Stage, settlement.Subject, own), movement.Side };
        if (movement.BalanceAmount is { } balance) sides.Add(new(RecordStage.BalanceTransaction, movement.ExternalId, balance));
        if (settlement.Entries.Count > 0) sides.Add(Side(settlement, settlement.Entries[0]));
        foreach (var (agreed, other) in Consensus.Deviations(sides))
        {
            var kind = agreed.Amount.Currency != other.Amount.Currency ? DifferenceKind.CurrencyDiffers
                : other.Stage == RecordStage.LedgerEntry ? DifferenceKind.AmountDiffers
                : kinds.Amount;
            yield return new(kind, settlement.Subject, agreed, other);
        }
    }

    private static DifferenceSide Side(Settlement settlement, LedgerEntry entry) => new(
        RecordStage.LedgerEntry,
        entry.Entry.EntryId.ToString(),
        settlement.Stage switch
        {
            RecordStage.Invoice or RecordStage.PrepaidUse => -entry.Receivable(),
            RecordStage.TopUp => entry.Prepaid(),
            _ => -entry.Payable(),
        });
}
