using CsCheck;
using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Finance.Tests;

public sealed class ReconciliationTests(ITestOutputHelper output)
{
    private static readonly Gen<(ConsistentWorld World, int Pick)> GenWorld = Gen.Select(ConsistentWorld.Gen, Gen.Int[0, 1000]);

    /// <summary>Each error alters one record of a consistent world, or does nothing where there is no such record.</summary>
    private static readonly Dictionary<string, (DifferenceKind Kind, Func<ConsistentWorld, int, bool> Plant)> Errors = new()
    {
        ["usage lost"] = (DifferenceKind.MissingUsage, (w, n) => Remove(w.Usage, n, _ => true)),
        ["usage altered"] = (DifferenceKind.AmountDiffers, (w, n) => Change(w.Usage, n, u => Settled(w, u.UsageId), u => u with { Total = u.Total + GpuTime.OfGpuSeconds(3_600_000) })),
        ["seconds of a charge altered"] = (DifferenceKind.QuantityDiffers, (w, n) => Change(w.Charges, n, _ => true, c => c with { Used = c.Used + GpuTime.OfGpuSeconds(1) })),
        ["charge lost"] = (DifferenceKind.MissingCharge, (w, n) => Remove(w.Charges, n, _ => true)),
        ["charge doubled"] = (DifferenceKind.DuplicateCharge, (w, n) => Double(w.Charges, n, _ => true, c => c)),
        ["charge altered"] = (DifferenceKind.AmountDiffers, (w, n) => Change(w.Charges, n, c => !c.Amount.IsZero, c => c with { Amount = c.Amount + Cent(c.Amount) })),
        ["fee of a charge altered"] = (DifferenceKind.SplitDiffers, (w, n) => Change(w.Charges, n, c => !c.Amount.IsZero, c => c with { Fee = c.Fee + Cent(c.Fee) })),
        ["currency of a charge altered"] = (DifferenceKind.CurrencyDiffers, (w, n) => Change(w.Charges, n, c => !c.Amount.IsZero, c => c with { Amount = Yen(c.Amount) })),
        ["entry lost"] = (DifferenceKind.MissingEntry, (w, n) => Remove(w.Entries, n, IsCharge)),
        ["entry doubled"] = (DifferenceKind.DuplicateEntry, (w, n) => Double(w.Entries, n, _ => true, e => e with { Entry = e.Entry with { EntryId = ConsistentWorld.Id<EntryKind>(w.NextId()) } })),
        ["entry out of nothing"] = (DifferenceKind.UnknownEntry, (w, n) => Double(w.Entries, n, _ => true, e => e with { Entry = e.Entry with { Reference = "nobody" } })),
        ["entry altered"] = (DifferenceKind.AmountDiffers, (w, n) => Change(w.Entries, n, _ => true, e => Shift(e, e.Entry.Postings[0].Account.Kind, e.Entry.Postings[1].Account.Kind))),
        ["fee of an entry altered"] = (DifferenceKind.SplitDiffers, (w, n) => Change(w.Entries, n, e => IsCharge(e) && Has(e, AccountKind.PlatformRevenue) && Has(e, AccountKind.ProviderPayable), e => Shift(e, AccountKind.PlatformRevenue, AccountKind.ProviderPayable))),
        ["entry booked in another month"] = (DifferenceKind.PeriodDiffers, (w, n) => Change(w.Entries, n, IsCharge, e => e with { Entry = e.Entry with { BookedAt = e.Entry.BookedAt + Duration.FromDays(31) } })),
        ["line lost"] = (DifferenceKind.MissingLine, (w, n) => Remove(w.Lines, n, l => !l.Amount.IsZero)),
        ["line doubled"] = (DifferenceKind.DuplicateLine, (w, n) => Double(w.Lines, n, _ => true, l => l with { ExternalLineId = "il_again" })),
        ["line altered"] = (DifferenceKind.AmountDiffers, (w, n) => Change(w.Lines, n, _ => true, l => l with { Amount = l.Amount - Cent(l.Amount) })),
        ["currency of a line altered"] = (DifferenceKind.CurrencyDiffers, (w, n) => Change(w.Lines, n, _ => true, l => l with { Amount = Yen(l.Amount) })),
        ["line on another invoice"] = (DifferenceKind.InvoiceDiffers, (w, n) => Change(w.Lines, n, _ => true, l => l with { InvoiceId = ConsistentWorld.Id<InvoiceKind>(w.NextId()) })),
        ["line out of nothing"] = (DifferenceKind.UnknownLine, (w, n) => Double(w.Lines, n, _ => true, l => l with { ExternalLineId = "il_new", UsageId = ConsistentWorld.Id<UsageKind>(w.NextId()) })),
        ["line without our id"] = (DifferenceKind.UnknownLine, (w, n) => Change(w.Lines, n, l => !l.Amount.IsZero, l => l with { UsageId = null })),
        ["payment lost"] = (DifferenceKind.MissingPayment, (w, n) => Remove(w.Payments, n, _ => true)),
        ["payment doubled"] = (DifferenceKind.DuplicatePayment, (w, n) => Double(w.Payments, n, _ => true, p => p with { ExternalId = "ch_again" })),
        ["payment altered"] = (DifferenceKind.PaymentAmountDiffers, (w, n) => Change(w.Payments, n, _ => true, p => p with { Amount = p.Amount + Cent(p.Amount) })),
        ["balance of a payment altered"] = (DifferenceKind.PaymentAmountDiffers, (w, n) => Change(w.Payments, n, _ => true, p => p with { BalanceAmount = p.BalanceAmount - Cent(p.Amount) })),
        ["payment without our id"] = (DifferenceKind.UnmatchedPayment, (w, n) => Change(w.Payments, n, _ => true, p => p with { InvoiceId = null, TopUpId = null })),
        ["payment for nothing of ours"] = (DifferenceKind.UnmatchedPayment, (w, n) => Double(w.Payments, n, _ => true, p => p with { ExternalId = "ch_new", InvoiceId = ConsistentWorld.Id<InvoiceKind>(w.NextId()), TopUpId = null })),
        ["payment not in the ledger"] = (DifferenceKind.MissingEntry, (w, n) => Remove(w.Entries, n, e => e.Entry.Reason == EntryReason.InvoicePaid)),
        ["transfer lost"] = (DifferenceKind.MissingTransfer, (w, n) => Remove(w.Transfers, n, _ => true)),
        ["transfer doubled"] = (DifferenceKind.DuplicateTransfer, (w, n) => Double(w.Transfers, n, _ => true, t => t with { ExternalId = "tr_again" })),
        ["transfer altered"] = (DifferenceKind.TransferDiffers, (w, n) => Change(w.Transfers, n, _ => true, t => t with { Amount = t.Amount + Cent(t.Amount) })),
        ["transfer without our id"] = (DifferenceKind.UnknownTransfer, (w, n) => Change(w.Transfers, n, _ => true, t => t with { PayoutId = null })),
        ["transfer for nothing of ours"] = (DifferenceKind.UnknownTransfer, (w, n) => Double(w.Transfers, n, _ => true, t => t with { ExternalId = "tr_new", PayoutId = ConsistentWorld.Id<PayoutKind>(w.NextId()) })),
        ["readings altered"] = (DifferenceKind.ReadingsDiffer, (w, n) => Read(w, n, r => r with { Recomputed = r.Recomputed + GpuTime.OfGpuSeconds(3_600_000) })),
        ["a second of readings lost"] = (DifferenceKind.ReadingsDiffer, (w, n) => Read(w, n, r => r with { Recomputed = r.Recomputed - GpuTime.OfGpuSeconds(1) })),
        ["batch of readings broken"] = (DifferenceKind.ReadingsDiffer, (w, n) => Read(w, n, r => r with { IsWhole = false })),
        ["seconds of a usage record altered"] = (DifferenceKind.QuantityDiffers, (w, n) => Change(w.Usage, n, u => u.Price.Cost(u.Total) == u.Price.Cost(u.Total + GpuTime.OfGpuSeconds(1)), u => u with { Total = u.Total + GpuTime.OfGpuSeconds(1) })),
        ["payout lost"] = (DifferenceKind.MissingPayout, (w, n) => Remove(w.Payouts, n, p => p.Reversals.Count == 0)),
        ["payout altered"] = (DifferenceKind.TransferDiffers, (w, n) => Change(w.Payouts, n, _ => true, p => p with { Amount = p.Amount + Cent(p.Amount) })),
        ["shares of a payout altered"] = (DifferenceKind.PayoutDiffers, (w, n) => Change(w.Payouts, n, _ => true, p => p with { Shares = p.Shares + Cent(p.Shares) })),
        ["debt of a payout altered"] = (DifferenceKind.PayoutDiffers, (w, n) => Change(w.Payouts, n, _ => true, p => p with { Owed = p.Owed + Cent(p.Owed) })),
        ["correction lost"] = (DifferenceKind.MissingCorrection, (w, n) => Remove(w.Corrections, n, _ => true)),
        ["correction doubled"] = (DifferenceKind.DuplicateCorrection, (w, n) => Double(w.Corrections, n, _ => true, c => c with { ExternalId = "corr_again" })),
        ["correction altered"] = (DifferenceKind.CorrectionDiffers, (w, n) => Change(w.Corrections, n, _ => true, c => c with { Amount = c.Amount + Cent(c.Amount) })),
        ["currency of a correction altered"] = (DifferenceKind.CurrencyDiffers, (w, n) => Change(w.Corrections, n, c => c.Kind != CorrectionKind.CreditNote, c => c with { Amount = Yen(c.Amount) })),
        ["correction without our id"] = (DifferenceKind.UnknownCorrection, (w, n) => Change(w.Corrections, n, c => c.Kind != CorrectionKind.CreditNote, c => c with { Reference = null })),
        ["correction for nothing of ours"] = (DifferenceKind.UnknownCorrection, (w, n) => Double(w.Corrections, n, c => c.Kind != CorrectionKind.CreditNote, c => c with { ExternalId = "corr_new", Reference = "nobody" })),
        ["credit note lost here"] = (DifferenceKind.UnknownCorrection, (w, n) => Remove(w.Credits, n, c => !c.IsRefund)),
        ["credit note altered here"] = (DifferenceKind.CorrectionDiffers, (w, n) => Change(w.Credits, n, c => !c.IsRefund, c => c with { Lines = [c.Lines[0] with { Tax = c.Lines[0].Tax + Cent(c.Lines[0].Tax) }] })),
        ["provider's part of a credit note altered here"] = (DifferenceKind.CorrectionDiffers, (w, n) => Change(w.Credits, n, c => !c.IsRefund, c => c with { Lines = [c.Lines[0] with { Share = c.Lines[0].Share + Cent(c.Lines[0].Share) }] })),
        ["refund altered here"] = (DifferenceKind.CorrectionDiffers, (w, n) => Change(w.Credits, n, c => c.IsRefund, c => c with { Lines = [c.Lines[0] with { Fee = c.Lines[0].Fee + Cent(c.Lines[0].Fee) }] })),
        ["refund not ordered in the ledger"] = (DifferenceKind.MissingEntry, (w, n) => Remove(w.Entries, n, e => e.Entry.Reason == EntryReason.RefundOrdered)),
        ["refund not paid in the ledger"] = (DifferenceKind.MissingEntry, (w, n) => Remove(w.Entries, n, e => e.Entry.Reason == EntryReason.RefundPaid)),
        ["credit note not in the ledger"] = (DifferenceKind.MissingEntry, (w, n) => Remove(w.Entries, n, e => e.Entry.Reason == EntryReason.CreditNoteIssued)),
        ["reversal not in the ledger"] = (DifferenceKind.MissingEntry, (w, n) => Remove(w.Entries, n, e => e.Entry.Reason == EntryReason.TransferReversed)),
        ["bank payout altered"] = (DifferenceKind.BankPayoutDiffers, (w, n) => Change(w.BankPayouts, n, _ => true, p => p with { Amount = p.Amount - Cent(p.Amount) })),
        ["entry recorded after the month was closed"] = (DifferenceKind.LateEntry, (w, n) =>
        {
            w.LastEntries = w.Entries.GroupBy(e => e.Entry.Currency.Code).ToDictionary(j => j.Key, j => j.Max(e => e.Sequence));
            return Change(w.Entries, n, _ => true, e => e with { Sequence = w.LastEntries[e.Entry.Currency.Code] + 1 });
        }),
        ["payment for no top-up of ours"] = (DifferenceKind.UnmatchedPayment, (w, n) => Double(w.Payments, n, p => p.TopUpId is not null, p => p with { ExternalId = "ch_new", TopUpId = ConsistentWorld.Id<TopUpKind>(w.NextId()) })),
        ["top-up lost here"] = (DifferenceKind.UnmatchedPayment, (w, n) => Remove(w.TopUps, n, _ => true)),
        ["top-up altered here"] = (DifferenceKind.PaymentAmountDiffers, (w, n) => Change(w.TopUps, n, _ => true, t => t with { Amount = t.Amount + Cent(t.Amount) })),
        ["currency of a top-up altered"] = (DifferenceKind.CurrencyDiffers, (w, n) => Change(w.TopUps, n, _ => true, t => t with { Amount = Yen(t.Amount) })),
        ["top-up not in the ledger"] = (DifferenceKind.MissingEntry, (w, n) => Remove(w.Entries, n, e => e.Entry.Reason == EntryReason.PrepaidToppedUp)),
        ["top-up of another amount in the ledger"] = (DifferenceKind.AmountDiffers, (w, n) => Change(w.Entries, n, e => e.Entry.Reason == EntryReason.PrepaidToppedUp, e => Shift(e, AccountKind.PaymentClearing, AccountKind.BuyerPrepaid))),
        ["use of credit lost here"] = (DifferenceKind.UnknownPrepaidUse, (w, n) => Remove(w.PrepaidUses, n, _ => true)),
        ["use of credit altered here"] = (DifferenceKind.PrepaidUseDiffers, (w, n) => Change(w.PrepaidUses, n, _ => true, u => u with { Amount = u.Amount + Cent(u.Amount) })),
        ["use of credit lost there"] = (DifferenceKind.MissingPrepaidUse, (w, n) => Remove(w.ExternalPrepaidUses, n, _ => true)),
        ["use of credit doubled there"] = (DifferenceKind.DuplicatePrepaidUse, (w, n) => Double(w.ExternalPrepaidUses, n, _ => true, u => u with { ExternalId = "pr_again" })),
        ["use of credit altered there"] = (DifferenceKind.PrepaidUseDiffers, (w, n) => Change(w.ExternalPrepaidUses, n, _ => true, u => u with { Amount = u.Amount - Cent(u.Amount) })),
        ["use of credit without our id"] = (DifferenceKind.UnknownPrepaidUse, (w, n) => Change(w.ExternalPrepaidUses, n, _ => true, u => u with { Reference = null })),
        ["use of credit for nothing of ours"] = (DifferenceKind.UnknownPrepaidUse, (w, n) => Double(w.ExternalPrepaidUses, n, _ => true, u => u with { ExternalId = "pr_new", Reference = "nobody:1" })),
        ["use of credit not in the ledger"] = (DifferenceKind.MissingEntry, (w, n) => Remove(w.Entries, n, e => e.Entry.Reason == EntryReason.PrepaidUsed)),
        ["refund of unused credit lost here"] = (DifferenceKind.UnknownCorrection, (w, n) => Remove(w.TopUpRefunds, n, _ => true)),
        ["refund of unused credit altered here"] = (DifferenceKind.CorrectionDiffers, (w, n) => Change(w.TopUpRefunds, n, _ => true, r => r with { Amount = r.Amount + Cent(r.Amount) })),
        ["refund of unused credit not ordered in the ledger"] = (DifferenceKind.MissingEntry, (w, n) => Remove(w.Entries, n, e => e.Entry.Reason == EntryReason.PrepaidRefundOrdered)),
        ["refund to credit not in the ledger"] = (DifferenceKind.MissingEntry, (w, n) => Remove(w.Entries, n, e => e.Entry.Reason == EntryReason.PrepaidRestored)),
        ["refund to credit of another amount in the ledger"] = (DifferenceKind.AmountDiffers, (w, n) => Change(w.Entries, n, e => e.Entry.Reason == EntryReason.PrepaidRestored, e => Shift(e, AccountKind.BuyerPrepaid, AccountKind.Refund))),
        ["hold lost here"] = (DifferenceKind.UnknownEntry, (w, n) => Remove(w.Holds, n, _ => true)),
        ["hold altered here"] = (DifferenceKind.AmountDiffers, (w, n) => Change(w.Holds, n, _ => true, h => h with { Amount = h.Amount + Cent(h.Amount) })),
        ["hold in another currency"] = (DifferenceKind.CurrencyDiffers, (w, n) => Change(w.Holds, n, _ => true, h => h with { Amount = Yen(h.Amount) })),
        ["hold not in the ledger"] = (DifferenceKind.MissingEntry, (w, n) => Remove(w.HoldEntries, n, e => e.Hold!.Step == HoldStep.Placed)),
        ["hold placed twice"] = (DifferenceKind.DuplicateEntry, (w, n) => Double(w.HoldEntries, n, e => e.Hold!.Step == HoldStep.Placed, e => e with { Entry = e.Entry with { EntryId = ConsistentWorld.Id<EntryKind>(w.NextId()) } })),
        ["hold of another amount in the ledger"] = (DifferenceKind.AmountDiffers, (w, n) => Change(w.HoldEntries, n, e => e.Hold!.Step == HoldStep.Placed, e => e with { Hold = e.Hold! with { Pending = e.Hold.Pending + Cent(e.Hold.Pending) } })),
        ["hold not released in the ledger"] = (DifferenceKind.HoldDiffers, (w, n) => Remove(w.HoldEntries, n, e => e.Hold!.Step == HoldStep.Voided)),
        ["hold not released here"] = (DifferenceKind.HoldDiffers, (w, n) => Change(w.Holds, n, h => w.HoldEntries.Any(e => e.Hold!.HoldId == h.HoldId && e.Hold.Step == HoldStep.Voided), h => h with { IsReleased = false })),
        ["charge not captured from its hold"] = (DifferenceKind.HoldDiffers, (w, n) => Remove(w.HoldEntries, n, e => e.Hold!.Step == HoldStep.Posted)),
        ["dispute lost here"] = (DifferenceKind.UnknownEntry, (w, n) => Remove(w.Disputes, n, d => d.ReleasedAt is null)),
        ["dispute altered here"] = (DifferenceKind.DisputeDiffers, (w, n) => Change(w.Disputes, n, _ => true, d => d with { Amount = d.Amount + Cent(d.Amount) })),
        ["less of a dispute held here"] = (DifferenceKind.DisputeDiffers, (w, n) => Change(w.Disputes, n, _ => true, d => d with { Amount = d.Amount - Cent(d.Amount) })),
        ["currency of a dispute altered"] = (DifferenceKind.CurrencyDiffers, (w, n) => Change(w.Disputes, n, _ => true, d => d with { Amount = Yen(d.Amount) })),
        ["dispute not held in the ledger"] = (DifferenceKind.MissingEntry, (w, n) => Remove(w.Entries, n, e => e.Entry.Reason == EntryReason.DisputeHeld)),
        ["dispute not let go in the ledger"] = (DifferenceKind.MissingEntry, (w, n) => Remove(w.Entries, n, e => e.Entry.Reason == EntryReason.DisputeReleased)),
        ["dispute let go in the ledger only"] = (DifferenceKind.DisputeDiffers, (w, n) => Change(w.Disputes, n, d => d.ReleasedAt is not null, d => d with { ReleasedAt = null })),
        ["more held than the charge has"] = (DifferenceKind.DisputeDiffers, (w, n) =>
            Change(w.Disputes, n, d => d.ReleasedAt is null, d => d with { Amount = d.Amount + Cent(d.Amount), Provider = ConsistentWorld.Id<OrganisationKind>(77) })
            && w.Disputes.Single(d => d.Provider == ConsistentWorld.Id<OrganisationKind>(77)) is var more
            && Change(w.Entries, 0, e => e.Entry.Reference == more.DisputeId.ToString(), e => Shift(e, AccountKind.ProviderPayable, AccountKind.DisputeHold))),
        ["write-off lost here"] = (DifferenceKind.UnknownEntry, (w, n) => Remove(w.WriteOffs, n, _ => true)),
        ["write-off altered here"] = (DifferenceKind.WriteOffDiffers, (w, n) => Change(w.WriteOffs, n, _ => true, g => g with { Amount = g.Amount + Cent(g.Amount) })),
        ["write-off not in the ledger"] = (DifferenceKind.MissingEntry, (w, n) => Remove(w.Entries, n, e => e.Entry.Reason == EntryReason.InvoiceWrittenOff)),
        ["write-off that stands though the invoice was paid"] = (DifferenceKind.WriteOffDiffers, (w, n) => Change(w.WriteOffs, n, _ => true, g => g with { RecoveredAt = g.At })),
        ["transfer not in the ledger"] = (DifferenceKind.MissingEntry, (w, n) => Remove(w.Entries, n, e => e.Entry.Reason == EntryReason.ProviderPaid)),
    };

    public static TheoryData<string> ErrorNames => [.. Errors.Keys];

    [Fact]
    public void Consistent_records_have_no_difference_and_equal_sums() => ConsistentWorld.Gen.Sample(world =>
    {
        var result = Reconciliation.Compare(world.Records);
        Assert.Empty(result.Differences);
        foreach (var currency in new[] { Currency.Usd, Currency.Cny })
        {
            long Sum(StageFigure figure) => result.Totals.Where(t => t.Figure == figure && t.Currency == currency).Sum(t => t.Amount.MinorUnits);
            Assert.Equal(Sum(StageFigure.Usage), Sum(StageFigure.Charges));
            Assert.Equal(Sum(StageFigure.Usage), Sum(StageFigure.Entries));
            Assert.Equal(world.Charges.Where(c => c.Amount.Currency == currency && c.InvoiceId is not null).Sum(c => (c.Amount + c.Tax).MinorUnits), Sum(StageFigure.InvoiceLines));
            Assert.Equal(world.Payments.Where(p => p.Amount.Currency == currency).Sum(p => p.Amount.MinorUnits), Sum(StageFigure.Payments));
            Assert.Equal(world.TopUps.Where(t => t.Amount.Currency == currency).Sum(t => t.Amount.MinorUnits), Sum(StageFigure.TopUps));
            Assert.Equal(world.PrepaidUses.Where(u => u.Amount.Currency == currency).Sum(u => u.Amount.MinorUnits), Sum(StageFigure.PrepaidUses));
            Assert.Equal(world.Credits.Where(c => !c.IsRefund && c.Lines[0].Tax.Currency == currency).Sum(c => CreditedAmounts.Total(c).MinorUnits), Sum(StageFigure.CreditNotes));
        }
    });

    [Theory]
    [MemberData(nameof(ErrorNames))]
    public void One_planted_error_is_exactly_one_difference_of_its_kind(string error)
    {
        var planted = 0;
        GenWorld.Sample((world, pick) =>
        {
            if (!Errors[error].Plant(world, pick)) return;
            Interlocked.Increment(ref planted);
            var difference = Assert.Single(Reconciliation.Compare(world.Records).Differences);
            Assert.Equal(Errors[error].Kind, difference.Kind);
            Assert.True(difference.Expected is not null || difference.Found is not null);
            Assert.NotEmpty(difference.SuggestedAction);
        }, iter: 120);
        Assert.True(planted > 12, $"Only {planted} worlds could carry the error.");
    }

    [Fact]
    public void What_counts_in_another_month_is_not_reported_in_this_one() => GenWorld.Sample((world, pick) =>
    {
        Remove(world.Charges, pick, _ => true);
        Assert.Empty(Reconciliation.Compare(world.Records with { Period = ConsistentWorld.Period.Previous }).Differences);
        Assert.Empty(Reconciliation.Compare(world.Records with { Period = ConsistentWorld.Period.Next }).Differences);
    });

    [Fact]
    public void A_doubled_entry_that_was_taken_back_is_no_difference_and_a_right_one_that_was_is_missing() => GenWorld.Sample((world, pick) =>
    {
        if (!Double(world.Entries, pick, IsCharge, e => e with { Entry = e.Entry with { EntryId = ConsistentWorld.Id<EntryKind>(world.NextId()) } })) return;
        var doubled = world.Entries.GroupBy(e => e.Entry.Reference).First(g => g.Count(IsCharge) > 1).ToList();
        LedgerEntry TakeBack(LedgerEntry entry) => entry with
        {
            Entry = entry.Entry with
            {
                EntryId = ConsistentWorld.Id<EntryKind>(world.NextId()), Reason = EntryReason.Reversal, Reverses = entry.Entry.EntryId,
                Postings = [.. entry.Entry.Postings.Select(p => p with { Amount = -p.Amount })],
            },
        };
        Assert.Equal(DifferenceKind.DuplicateEntry, Assert.Single(Reconciliation.Compare(world.Records).Differences).Kind);
        world.Entries.Add(TakeBack(doubled[1]));
        Assert.Empty(Reconciliation.Compare(world.Records).Differences);
        world.Entries.Add(TakeBack(doubled[0]));
        Assert.Equal(DifferenceKind.MissingEntry, Assert.Single(Reconciliation.Compare(world.Records).Differences).Kind);
    });

    [Fact]
    public void Ten_thousand_usage_records_of_which_a_hundred_lost_their_charge_are_a_hundred_differences()
    {
        var world = ConsistentWorld.Gen.Single();
        for (var i = 0; i < 10_000; i++)
            world.Use(ConsistentWorld.Id<OrganisationKind>(i % 100), ConsistentWorld.Id<OrganisationKind>(4), UnitPrice.OfMicros(1_000_000, Currency.Usd), 3_600 + i);
        world.Charges.RemoveRange(world.Charges.Count - 100, 100);
        var began = TimeProvider.System.GetTimestamp();
        var differences = Reconciliation.Compare(world.Records).Differences;
        output.WriteLine($"Compared in {TimeProvider.System.GetElapsedTime(began).TotalMilliseconds:0} ms.");
        Assert.Equal(100, differences.Count);
        Assert.All(differences, d => Assert.Equal(DifferenceKind.MissingCharge, d.Kind));
    }

    private static bool Settled(ConsistentWorld world, UsageId usage) => world.Charges.Any(c => c.UsageId == usage && !c.Amount.IsZero);

    private static bool IsCharge(LedgerEntry entry) => entry.Entry.Reason == EntryReason.UsageCharged;

    private static bool Has(LedgerEntry entry, AccountKind kind) => entry.Entry.Postings.Any(p => p.Account.Kind == kind);

    private static Money Cent(Money like) => Money.OfMinor(1, like.Currency);

    private static Money Yen(Money like) => Money.OfMinor(like.MinorUnits, Currency.Jpy);

    /// <summary>Moves a cent from one account of an entry to another, so that it still sums to zero.</summary>
    private static LedgerEntry Shift(LedgerEntry entry, AccountKind to, AccountKind from) => entry with
    {
        Entry = entry.Entry with
        {
            Postings = [.. entry.Entry.Postings.Select(p => p.Account.Kind == to ? p with { Amount = p.Amount + Cent(p.Amount) }
                : p.Account.Kind == from ? p with { Amount = p.Amount - Cent(p.Amount) } : p)],
        },
    };

    private static bool Read(ConsistentWorld world, int pick, Func<ReadingCheck, ReadingCheck> change)
    {
        var usage = world.Usage[pick % world.Usage.Count];
        if (usage.Total.GpuSeconds < 2 || usage.Price.Cost(usage.Total).IsZero) return false;
        world.Readings[usage.UsageId] = change(world.Readings[usage.UsageId]);
        return true;
    }

    private static bool Remove<T>(List<T> list, int pick, Func<T, bool> fits) => Replace(list, pick, fits, _ => []);

    private static bool Change<T>(List<T> list, int pick, Func<T, bool> fits, Func<T, T> change) => Replace(list, pick, fits, item => [change(item)]);

    private static bool Double<T>(List<T> list, int pick, Func<T, bool> fits, Func<T, T> copy) => Replace(list, pick, fits, item => [item, copy(item)]);

    private static bool Replace<T>(List<T> list, int pick, Func<T, bool> fits, Func<T, T[]> change)
    {
        var candidates = Enumerable.Range(0, list.Count).Where(i => fits(list[i])).ToList();
        if (candidates.Count == 0) return false;
        var index = candidates[pick % candidates.Count];
        var item = list[index];
        list.RemoveAt(index);
        list.InsertRange(index, change(item));
        return true;
    }
}
