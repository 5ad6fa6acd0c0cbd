using Marketplace.Contracts;
using Marketplace.Finance;
using NodaTime;

namespace Marketplace.Simulation.Tests.Histories;

/// <summary>An error for reconciliation to find.</summary>
/// <param name="Name">What is wrong.</param>
/// <param name="Kind">What it must be found as.</param>
/// <param name="Do">Plants it in the records of a charge that was invoiced, paid and paid out, of what was taken back, or of what was paid in advance.</param>
/// <param name="Needs">What the history must have had besides the charge; nothing if null.</param>
internal sealed record Plant(
    string Name, DifferenceKind Kind, Action<Tampering, RatedCharge> Do, Func<MoneyWorld, RatedCharge, bool>? Needs = null)
{
    private static readonly Func<MoneyWorld, RatedCharge, bool> Correction = (world, _) => world.Payments.Corrections.Count > 0;
    private static readonly Func<MoneyWorld, RatedCharge, bool> Collection = (world, c) => world.Payments.Payments.Any(p => p.InvoiceId == c.InvoiceId);
    private static readonly Func<MoneyWorld, RatedCharge, bool> TopUp = (world, _) => world.Payments.Payments.Any(p => p.TopUpId is not null);
    private static readonly Func<MoneyWorld, RatedCharge, bool> PrepaidUse = (world, _) => world.Payments.PrepaidUses.Count > 0;
    private static readonly Func<MoneyWorld, RatedCharge, bool> TopUpRefund = (world, _) => world.Payments.TopUpRefunds.Count > 0;
    private static readonly Func<MoneyWorld, RatedCharge, bool> Hold = (world, _) => world.Tampering.Shown<BookedHold>() > 0;
    private static readonly Func<MoneyWorld, RatedCharge, bool> Dispute = (world, _) => world.Tampering.Shown<BookedDispute>() > 0;
    private static readonly Func<MoneyWorld, RatedCharge, bool> WriteOff = (world, _) => world.Tampering.Shown<BookedWriteOff>() > 0;

    public static IReadOnlyList<Plant> All { get; } =
    [
        new("usage record is gone", DifferenceKind.MissingUsage, (t, c) => t.Usage = Each<UsageMetered>(u => u.UsageId == c.UsageId, _ => [])),
        new("usage was never rated", DifferenceKind.MissingCharge, (t, c) =>
        {
            var unrated = UsageId.From(Ulid.Create(0, 76));
            t.Usage = Each<UsageMetered>(u => u.UsageId == c.UsageId, u => [u, u with { UsageId = unrated }]);
            t.Readings = Each<UsageAudit>(
                x => x.Record.UsageId == unrated, x => [x with { Recomputed = x.Record.Total, RecomputedHours = x.Record.Hours, IsChainWhole = true }]);
        }),
        new("charge is there twice", DifferenceKind.DuplicateCharge, (t, c) => t.Charges = Each<RatedCharge>(x => x.UsageId == c.UsageId, x => [x, x])),
        new("charge has a minute more", DifferenceKind.QuantityDiffers, (t, c) =>
            t.Charges = Each<RatedCharge>(x => x.UsageId == c.UsageId, x => [x with { Used = GpuTime.OfGpuSeconds(x.Used.GpuSeconds + 60) }])),
        new("charge is dearer", DifferenceKind.AmountDiffers, (t, c) =>
            t.Charges = Each<RatedCharge>(x => x.UsageId == c.UsageId, x => [x with { Amount = x.Amount + OneMinor(x.Amount) }])),
        new("entry is gone", DifferenceKind.MissingEntry, (t, c) => t.Entries = Each<LedgerEntry>(x => x.Entry.EntryId == c.EntryId, _ => [])),
        new("entry is there twice", DifferenceKind.DuplicateEntry, (t, c) => t.Entries = Each<LedgerEntry>(
            x => x.Entry.EntryId == c.EntryId, x => [x, x with { Entry = x.Entry with { EntryId = EntryId.From(Ulid.Create(0, 77)) } }])),
        new("entry is of nothing", DifferenceKind.UnknownEntry, (t, c) => t.Entries = Each<LedgerEntry>(
            x => x.Entry.EntryId == c.EntryId,
            x => [x, x with { Entry = x.Entry with { EntryId = EntryId.From(Ulid.Create(0, 77)), Reference = UsageId.From(Ulid.Create(0, 78)).ToString() } }])),
        new("entry is booked to another provider's fee", DifferenceKind.SplitDiffers, (t, c) => t.Entries = Each<LedgerEntry>(
            x => x.Entry.EntryId == c.EntryId, x => [x with { Entry = x.Entry with { Postings = Shifted(x.Entry.Postings) } }])),
        new("line is gone", DifferenceKind.MissingLine, (t, c) => t.Lines = Each<ExternalInvoiceLine>(x => x.UsageId == c.UsageId, _ => [])),
        new("line is there twice", DifferenceKind.DuplicateLine, (t, c) =>
            t.Lines = Each<ExternalInvoiceLine>(x => x.UsageId == c.UsageId, x => [x, x with { ExternalLineId = "il_again" }])),
        new("line is nobody's", DifferenceKind.UnknownLine, (t, c) => t.Lines = Each<ExternalInvoiceLine>(
            x => x.UsageId == c.UsageId, x => [x, x with { ExternalLineId = "il_stray", UsageId = UsageId.From(Ulid.Create(0, 79)) }])),
        new("line is dearer", DifferenceKind.AmountDiffers, (t, c) =>
            t.Lines = Each<ExternalInvoiceLine>(x => x.UsageId == c.UsageId, x => [x with { Amount = x.Amount + OneMinor(x.Amount) }])),
        new("line is on another invoice", DifferenceKind.InvoiceDiffers, (t, c) => t.Lines = Each<ExternalInvoiceLine>(
            x => x.UsageId == c.UsageId, x => [x with { InvoiceId = InvoiceId.From(Ulid.Create(0, 80)) }])),
        new("payment is gone", DifferenceKind.MissingPayment, (t, c) => t.Payments = Each<ExternalPayment>(x => x.InvoiceId == c.InvoiceId, _ => []), Collection),
        new("payment is there twice", DifferenceKind.DuplicatePayment, (t, c) =>
            t.Payments = Each<ExternalPayment>(x => x.InvoiceId == c.InvoiceId, x => [x, x with { ExternalId = "ch_again" }]), Collection),
        new("payment is nobody's", DifferenceKind.UnmatchedPayment, (t, c) => t.Payments = Each<ExternalPayment>(
            x => x.InvoiceId == c.InvoiceId, x => [x, x with { ExternalId = "ch_stray", InvoiceId = InvoiceId.From(Ulid.Create(0, 81)) }]), Collection),
        new("payment brought less to the balance", DifferenceKind.PaymentAmountDiffers, (t, c) => t.Payments = Each<ExternalPayment>(
            x => x.InvoiceId == c.InvoiceId, x => [x with { BalanceAmount = x.BalanceAmount - OneMinor(x.Amount) }]), Collection),
        new("transfer is gone", DifferenceKind.MissingTransfer, (t, c) => t.Transfers = Each<ExternalTransfer>(x => x.PayoutId == c.PayoutId, _ => [])),
        new("transfer is there twice", DifferenceKind.DuplicateTransfer, (t, c) =>
            t.Transfers = Each<ExternalTransfer>(x => x.PayoutId == c.PayoutId, x => [x, x with { ExternalId = "tr_again" }])),
        new("transfer is nobody's", DifferenceKind.UnknownTransfer, (t, c) => t.Transfers = Each<ExternalTransfer>(
            x => x.PayoutId == c.PayoutId, x => [x, x with { ExternalId = "tr_stray", PayoutId = PayoutId.From(Ulid.Create(0, 82)) }])),
        new("transfer is larger", DifferenceKind.TransferDiffers, (t, c) =>
            t.Transfers = Each<ExternalTransfer>(x => x.PayoutId == c.PayoutId, x => [x with { Amount = x.Amount + OneMinor(x.Amount) }])),
        new("usage record says twice as much", DifferenceKind.AmountDiffers, (t, c) => t.Usage = Each<UsageMetered>(
            u => u.UsageId == c.UsageId, u => [u with { Total = u.Total + u.Total, Hours = [.. u.Hours, .. u.Hours] }])),
        new("readings give half as much", DifferenceKind.ReadingsDiffer, (t, c) => t.Readings = Each<UsageAudit>(
            x => x.Record.UsageId == c.UsageId, x => [x with { Recomputed = GpuTime.OfGpuSeconds(x.Recomputed.GpuSeconds / 2) }])),
        new("readings were altered", DifferenceKind.ReadingsDiffer, (t, c) => t.Readings = Each<UsageAudit>(
            x => x.Record.UsageId == c.UsageId, x => [x with { IsChainWhole = false }])),
        new("payout is gone", DifferenceKind.MissingPayout, (t, c) => t.Payouts = Each<BookedPayout>(x => x.PayoutId == c.PayoutId, _ => [])),
        new("correction is gone", DifferenceKind.MissingCorrection, (t, _) => t.Corrections = Once(_ => []), Correction),
        new("correction is there twice", DifferenceKind.DuplicateCorrection, (t, _) =>
            t.Corrections = Once(x => [x, x with { ExternalId = "again" }]), Correction),
        new("correction is nobody's", DifferenceKind.UnknownCorrection, (t, _) =>
            t.Corrections = Once(x => [x, x with { ExternalId = "stray", Reference = "nothing" }]), Correction),
        new("correction is larger", DifferenceKind.CorrectionDiffers, (t, _) =>
            t.Corrections = Once(x => [x with { Amount = x.Amount + OneMinor(x.Amount) }]), Correction),
        new("top-up is gone", DifferenceKind.UnmatchedPayment, (t, _) => t.TopUps = Once<BookedTopUp>(x => x.TopUpId.ToString(), _ => []), TopUp),
        new("top-up is larger", DifferenceKind.PaymentAmountDiffers, (t, _) =>
            t.TopUps = Once<BookedTopUp>(x => x.TopUpId.ToString(), x => [x with { Amount = x.Amount + OneMinor(x.Amount) }]), TopUp),
        new("payment in advance is gone", DifferenceKind.MissingPayment, (t, _) =>
            t.Payments = Once<ExternalPayment>(x => x.ExternalId, _ => [], x => x.TopUpId is not null), TopUp),
        new("payment in advance is there twice", DifferenceKind.DuplicatePayment, (t, _) =>
            t.Payments = Once<ExternalPayment>(x => x.ExternalId, x => [x, x with { ExternalId = "ch_again" }], x => x.TopUpId is not null), TopUp),
        new("payment in advance is not in the ledger", DifferenceKind.MissingEntry, (t, _) => t.Entries = OnceOf(EntryReason.PrepaidToppedUp, _ => []), TopUp),
        new("payment in advance is in the ledger twice", DifferenceKind.DuplicateEntry, (t, _) => t.Entries = OnceOf(
            EntryReason.PrepaidToppedUp, x => [x, x with { Entry = x.Entry with { EntryId = EntryId.From(Ulid.Create(0, 77)) } }]), TopUp),
        new("use of credit is gone here", DifferenceKind.UnknownPrepaidUse, (t, _) =>
            t.PrepaidUses = Once<BookedPrepaidUse>(x => x.Reference, _ => []), PrepaidUse),
        new("use of credit is larger here", DifferenceKind.PrepaidUseDiffers, (t, _) =>
            t.PrepaidUses = Once<BookedPrepaidUse>(x => x.Reference, x => [x with { Amount = x.Amount + OneMinor(x.Amount) }]), PrepaidUse),
        new("use of credit is gone there", DifferenceKind.MissingPrepaidUse, (t, _) =>
            t.ExternalPrepaidUses = Once<ExternalPrepaidUse>(x => x.ExternalId, _ => []), PrepaidUse),
        new("use of credit is there twice", DifferenceKind.DuplicatePrepaidUse, (t, _) =>
            t.ExternalPrepaidUses = Once<ExternalPrepaidUse>(x => x.ExternalId, x => [x, x with { ExternalId = "pr_again" }]), PrepaidUse),
        new("use of credit is larger there", DifferenceKind.PrepaidUseDiffers, (t, _) =>
            t.ExternalPrepaidUses = Once<ExternalPrepaidUse>(x => x.ExternalId, x => [x with { Amount = x.Amount + OneMinor(x.Amount) }]), PrepaidUse),
        new("use of credit is not in the ledger", DifferenceKind.MissingEntry, (t, _) => t.Entries = OnceOf(EntryReason.PrepaidUsed, _ => []), PrepaidUse),
        new("refund of unused credit is gone", DifferenceKind.UnknownCorrection, (t, _) =>
            t.TopUpRefunds = Once<BookedTopUpRefund>(x => x.RefundId.ToString(), _ => []), TopUpRefund),
        new("refund of unused credit is not in the ledger", DifferenceKind.MissingEntry, (t, _) =>
            t.Entries = OnceOf(EntryReason.PrepaidRefundOrdered, _ => []), TopUpRefund),
        new("hold is gone here", DifferenceKind.UnknownEntry, (t, _) => t.Holds = Once<BookedHold>(x => x.HoldId.ToString(), _ => []), Hold),
        new("hold is larger here", DifferenceKind.AmountDiffers, (t, _) =>
            t.Holds = Once<BookedHold>(x => x.HoldId.ToString(), x => [x with { Amount = x.Amount + OneMinor(x.Amount) }]), Hold),
        new("hold is not in the ledger", DifferenceKind.MissingEntry, (t, _) => t.Entries = OnceOf(EntryReason.Held, _ => []), Hold),
        new("dispute is larger here", DifferenceKind.DisputeDiffers, (t, _) =>
            t.Disputes = Once<BookedDispute>(x => x.DisputeId.ToString(), x => [x with { Amount = x.Amount + OneMinor(x.Amount) }]), Dispute),
        new("dispute was never held in the ledger", DifferenceKind.MissingEntry, (t, _) => t.Entries = OnceOf(EntryReason.DisputeHeld, _ => []), Dispute),
        new("dispute was never let go in the ledger", DifferenceKind.MissingEntry, (t, _) => t.Entries = OnceOf(EntryReason.DisputeReleased, _ => []), Dispute),
        new("write-off was never taken back in the ledger", DifferenceKind.WriteOffDiffers, (t, _) => t.Entries = Once<LedgerEntry>(
            x => x.Entry.EntryId.ToString(), _ => [], x => x.Entry is { Reason: EntryReason.Reversal, Note: "Paid after it was written off." }), WriteOff),
    ];

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static Func<T, IEnumerable<T>> Each<T>(Func<T, bool> isMeant, Func<T, IEnumerable<T>> instead) =>
        record => isMeant(record) ? instead(record) : [record];

    private static Func<ExternalCorrection, IEnumerable<ExternalCorrection>> Once(Func<ExternalCorrection, IEnumerable<ExternalCorrection>> instead) =>
        Once<ExternalCorrection>(correction => correction.ExternalId, instead);

    private static Func<LedgerEntry, IEnumerable<LedgerEntry>> OnceOf(EntryReason reason, Func<LedgerEntry, IEnumerable<LedgerEntry>> instead) =>
        Once<LedgerEntry>(entry => entry.Entry.EntryId.ToString(), instead, entry => entry.Entry.Reason == reason);

    // Always the same one, however often it is read.
    private static Func<T, IEnumerable<T>> Once<T>(Func<T, string> id, Func<T, IEnumerable<T>> instead, Func<T, bool>? fits = null)
    {
        string? meant = null;
        return record => fits?.Invoke(record) != false && (meant ??= id(record)) == id(record) ? instead(record) : [record];
    }

    private static Money OneMinor(Money like) => Money.OfMinor(1, like.Currency);

    // A minor unit of the platform's goes to the provider.
    private static List<Posting> Shifted(IReadOnlyList<Posting> postings) =>
    [
        .. postings.Select(posting => posting.Account.Kind switch
        {
            AccountKind.PlatformRevenue => posting with { Amount = posting.Amount + OneMinor(posting.Amount) },
            AccountKind.ProviderPayable => posting with { Amount = posting.Amount - OneMinor(posting.Amount) },
            _ => posting,
        }),
    ];
}
