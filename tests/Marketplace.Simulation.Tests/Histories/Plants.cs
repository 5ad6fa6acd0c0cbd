using Marketplace.Contracts;
using Marketplace.Finance;
using NodaTime;

namespace Marketplace.Simulation.Tests.Histories;

/// <summary>An error for reconciliation to find.</summary>
/// <param name="Name">What is wrong.</param>
/// <param name="Kind">What it must be found as.</param>
/// <param name="Do">Plants it in the records of a charge that was invoiced, paid and paid out, or of what was taken back.</param>
/// <param name="NeedsCorrection">Whether it needs a credit note, a refund or a reversed transfer.</param>
internal sealed record Plant(string Name, DifferenceKind Kind, Action<Tampering, RatedCharge> Do, bool NeedsCorrection = false)
{
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
        new("payment is gone", DifferenceKind.MissingPayment, (t, c) => t.Payments = Each<ExternalPayment>(x => x.InvoiceId == c.InvoiceId, _ => [])),
        new("payment is there twice", DifferenceKind.DuplicatePayment, (t, c) =>
            t.Payments = Each<ExternalPayment>(x => x.InvoiceId == c.InvoiceId, x => [x, x with { ExternalId = "ch_again" }])),
        new("payment is nobody's", DifferenceKind.UnmatchedPayment, (t, c) => t.Payments = Each<ExternalPayment>(
            x => x.InvoiceId == c.InvoiceId, x => [x, x with { ExternalId = "ch_stray", InvoiceId = InvoiceId.From(Ulid.Create(0, 81)) }])),
        new("payment brought less to the balance", DifferenceKind.PaymentAmountDiffers, (t, c) => t.Payments = Each<ExternalPayment>(
            x => x.InvoiceId == c.InvoiceId, x => [x with { BalanceAmount = x.BalanceAmount - OneMinor(x.Amount) }])),
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
        new("correction is gone", DifferenceKind.MissingCorrection, (t, _) => t.Corrections = Once(_ => []), NeedsCorrection: true),
        new("correction is there twice", DifferenceKind.DuplicateCorrection, (t, _) =>
            t.Corrections = Once(x => [x, x with { ExternalId = "again" }]), NeedsCorrection: true),
        new("correction is nobody's", DifferenceKind.UnknownCorrection, (t, _) =>
            t.Corrections = Once(x => [x, x with { ExternalId = "stray", Reference = "nothing" }]), NeedsCorrection: true),
        new("correction is larger", DifferenceKind.CorrectionDiffers, (t, _) =>
            t.Corrections = Once(x => [x with { Amount = x.Amount + OneMinor(x.Amount) }]), NeedsCorrection: true),
    ];

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static Func<T, IEnumerable<T>> Each<T>(Func<T, bool> isMeant, Func<T, IEnumerable<T>> instead) =>
        record => isMeant(record) ? instead(record) : [record];

    // Always the same one, however often it is read.
    private static Func<ExternalCorrection, IEnumerable<ExternalCorrection>> Once(Func<ExternalCorrection, IEnumerable<ExternalCorrection>> instead)
    {
        string? meant = null;
        return correction => (meant ??= correction.ExternalId) == correction.ExternalId ? instead(correction) : [correction];
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
