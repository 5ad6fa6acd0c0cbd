using CsCheck;
using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Finance.Tests;

/// <summary>Records of a period that all agree, drawn at random, as the modules would have made them.</summary>
internal sealed class ConsistentWorld
{
    public static readonly BillingPeriod Period = BillingPeriod.Containing(Instant.FromUtc(2026, 11, 15, 0, 0));
    private static readonly OrganisationId[] Buyers = [.. Enumerable.Range(1, 3).Select(i => Id<OrganisationKind>(i))];
    private static readonly OrganisationId[] Providers = [.. Enumerable.Range(4, 2).Select(i => Id<OrganisationKind>(i))];
    private long nextId = 100;
    private long lastSequence;

    private ConsistentWorld() { }

    public List<UsageMetered> Usage { get; } = [];

    public List<RatedCharge> Charges { get; } = [];

    public List<LedgerEntry> Entries { get; } = [];

    public List<ExternalInvoiceLine> Lines { get; } = [];

    public List<ExternalPayment> Payments { get; } = [];

    public List<ExternalTransfer> Transfers { get; } = [];

    /// <summary>What the readings of each usage record give.</summary>
    public Dictionary<UsageId, ReadingCheck> Readings { get; } = [];

    public List<BookedCredit> Credits { get; } = [];

    public List<BookedPayout> Payouts { get; } = [];

    public List<ExternalCorrection> Corrections { get; } = [];

    public List<ExternalBankPayout> BankPayouts { get; } = [];

    public List<BookedTopUp> TopUps { get; } = [];

    public List<BookedPrepaidUse> PrepaidUses { get; } = [];

    public List<BookedTopUpRefund> TopUpRefunds { get; } = [];

    public List<ExternalPrepaidUse> ExternalPrepaidUses { get; } = [];

    public List<BookedHold> Holds { get; } = [];

    public List<BookedDispute> Disputes { get; } = [];

    public List<BookedWriteOff> WriteOffs { get; } = [];

    /// <summary>Entries that place and release, and those of charges that post from a hold, as they are among the others.</summary>
    public List<LedgerEntry> HoldEntries { get; } = [];

    public Dictionary<BillingPeriod, Instant> ClosedAt { get; } = [];

    public Dictionary<string, long>? LastEntries { get; set; }

    /// <summary>Worlds of up to 12 usage records in two currencies; about two thirds invoiced, most of those paid and paid out.</summary>
    public static Gen<ConsistentWorld> Gen { get; } =
        from usage in CsCheck.Gen.Select(
            CsCheck.Gen.Int[0, 2], CsCheck.Gen.Int[0, 1], CsCheck.Gen.Bool, CsCheck.Gen.Long[1, 500_000], CsCheck.Gen.Long[1_000, 9_000_000], CsCheck.Gen.Int[0, 2]).Array[1, 12]
        select Make(usage);

    public ReconciliationRecords Records => new(Period, Usage, Charges, Entries, Lines, Payments, Transfers)
    {
        Readings = Readings, Credits = Credits, Payouts = Payouts, Corrections = Corrections, BankPayouts = BankPayouts, ClosedAt = ClosedAt, LastEntries = LastEntries,
        TopUps = TopUps, PrepaidUses = PrepaidUses, TopUpRefunds = TopUpRefunds, ExternalPrepaidUses = ExternalPrepaidUses,
        Holds = Holds, HoldEntries = HoldEntries, Disputes = Disputes, WriteOffs = WriteOffs,
    };

    public long NextId() => nextId++;

    public static Id<T> Id<T>(long number)
        where T : IIdKind => Kernel.Id<T>.From(Ulid.Create(1_000_000 + number, (UInt128)number));

    private static ConsistentWorld Make((int Buyer, int Provider, bool IsDollar, long Seconds, long Micros, int Fate)[] drawn)
    {
        var world = new ConsistentWorld();
        foreach (var d in drawn)
        {
            world.Use(Buyers[d.Buyer], Providers[d.Provider], UnitPrice.OfMicros(d.Micros, d.IsDollar ? Currency.Usd : Currency.Cny), d.Seconds);
        }

        foreach (var group in world.Charges.ToList().GroupBy(c => (c.Buyer, c.Amount.Currency)))
        {
            var invoiced = group.Where((_, i) => drawn[i % drawn.Length].Fate > 0).ToList();
            if (invoiced.Count > 0) world.Invoice(invoiced, isPaid: drawn[group.Count() % drawn.Length].Fate > 0);
        }

        return world;
    }

    /// <summary>Adds a usage record that is rated and booked and on no invoice.</summary>
    public void Use(OrganisationId buyer, OrganisationId provider, UnitPrice price, long seconds)
    {
        var at = Period.Start + Duration.FromHours(NextId() % 500);
        var used = GpuTime.OfGpuSeconds(seconds);
        var usage = new UsageMetered(
            Id<UsageKind>(NextId()), Id<LeaseKind>(NextId()), buyer, provider, price,
            [new HourUsage(HourSlot.Containing(at), used)], used, at, at + Duration.FromHours(1), at);
        var amount = price.Cost(used);
        var parts = amount.Split([10, 90]);
        var charge = new RatedCharge(
            usage.UsageId, usage.LeaseId, buyer, provider, used, amount, parts[0], amount.Split([6, 94])[0], Id<EntryKind>(NextId()), null, null, at);
        Usage.Add(usage);
        Readings[usage.UsageId] = new ReadingCheck(used, true);
        Charges.Add(charge);
        if (amount.IsZero) return;
        var hold = seconds % 3 > 0 ? Hold(charge, at, seconds) : null;
        Record(charge.EntryId, EntryReason.UsageCharged, usage.UsageId.ToString(), at,
            (AccountKind.BuyerReceivable, charge.Amount + charge.Tax), (AccountKind.ProviderPayable, charge.Fee - charge.Amount),
            (AccountKind.PlatformRevenue, -charge.Fee), (AccountKind.Tax, -charge.Tax));
        if (hold is not null) Capture(hold, charge, at);
    }

    /// <summary>Sets aside half of what a charge is, or twice as much.</summary>
    private BookedHold Hold(RatedCharge charge, Instant at, long seconds)
    {
        var total = charge.Amount + charge.Tax;
        var amount = seconds % 3 == 1 || total.MinorUnits < 2 ? total + total : Money.OfMinor(total.MinorUnits / 2, total.Currency);
        var hold = new BookedHold(Id<EntryKind>(NextId()), charge.LeaseId, Id<TradeKind>(NextId()), charge.Buyer, amount, at, true);
        Holds.Add(hold);
        HoldEntries.Add(Step(hold, hold.HoldId, HoldStep.Placed, hold.TradeId.ToString(), amount, at));
        return hold;
    }

    private void Capture(BookedHold hold, RatedCharge charge, Instant at)
    {
        var total = charge.Amount + charge.Tax;
        var captured = total < hold.Amount ? total : hold.Amount;
        Entries[^1] = Entries[^1] with { Hold = new HoldChange(hold.HoldId, HoldStep.Posted, new Account(AccountKind.BuyerReceivable, hold.Buyer), -captured) };
        HoldEntries.Add(Entries[^1]);
        if (captured < hold.Amount) HoldEntries.Add(Step(hold, Id<EntryKind>(NextId()), HoldStep.Voided, hold.LeaseId.ToString(), captured - hold.Amount, at));
    }

    private LedgerEntry Step(BookedHold hold, EntryId id, HoldStep step, string reference, Money pending, Instant at) => new(
        ++lastSequence,
        new RecordEntry(id, pending.Currency, step == HoldStep.Placed ? EntryReason.Held : EntryReason.HoldReleased, reference, at, []), at, "",
        new HoldChange(hold.HoldId, step, new Account(AccountKind.BuyerReceivable, hold.Buyer), pending));

    /// <summary>Holds a provider's share of a charge, and lets it go in the same month or not.</summary>
    private void Dispute(RatedCharge charge, Instant at)
    {
        var share = charge.Amount - charge.Fee;
        if (share.IsZero) return;
        var dispute = new BookedDispute(Id<DisputeKind>(NextId()), charge.UsageId, charge.Provider, share, at, share.MinorUnits % 2 == 0 ? at + Duration.FromHours(1) : null);
        Disputes.Add(dispute);
        Record(Id<EntryKind>(NextId()), EntryReason.DisputeHeld, dispute.DisputeId.ToString(), at, (AccountKind.ProviderPayable, share), (AccountKind.DisputeHold, -share));
        if (dispute.ReleasedAt is { } released)
            Record(Id<EntryKind>(NextId()), EntryReason.DisputeReleased, dispute.DisputeId.ToString(), released, (AccountKind.ProviderPayable, -share), (AccountKind.DisputeHold, share));
    }

    /// <summary>Gives an invoice up, less what was credited of it.</summary>
    private void WriteOff(InvoiceId invoice, List<RatedCharge> charges, BookedCredit? credited, Instant at)
    {
        var (share, fee, tax) = (
            Sum(charges.Select(c => c.Amount - c.Fee - Given(c, credited))),
            Sum(charges.Select(c => c.Fee)), Sum(charges.Select(c => c.Tax)));
        if (credited is not null) (fee, tax) = (fee - credited.Lines[0].Fee, tax - credited.Lines[0].Tax);
        var owed = share + fee + tax;
        if (owed.IsZero) return;
        var given = new BookedWriteOff(invoice, charges[0].Buyer, owed, Id<EntryKind>(NextId()), at, null);
        WriteOffs.Add(given);
        Record(given.EntryId, EntryReason.InvoiceWrittenOff, invoice.ToString(), at,
            (AccountKind.BuyerReceivable, -owed), (AccountKind.ProviderPayable, share), (AccountKind.PlatformRevenue, fee), (AccountKind.Tax, tax));

        Money Sum(IEnumerable<Money> amounts) => amounts.Aggregate(Money.Zero(charges[0].Amount.Currency), (sum, amount) => sum + amount);
    }

    private void Invoice(List<RatedCharge> charges, bool isPaid)
    {
        var invoice = Id<InvoiceKind>(NextId());
        var at = Period.Start + Duration.FromDays(25);
        var external = $"in_{NextId()}";
        foreach (var charge in charges)
        {
            Replace(charge, charge with { InvoiceId = invoice });
            Lines.Add(new ExternalInvoiceLine(external, $"il_{NextId()}", invoice, charge.UsageId, charge.Amount + charge.Tax, isPaid, at));
        }

        var credited = NextId() % 2 == 0 ? Credit(charges[0], invoice, isRefund: false, at) : null;
        if (!isPaid)
        {
            if (NextId() % 2 == 0) WriteOff(invoice, charges, credited, at);
            return;
        }

        if (credited?.Lines[0].UsageId != charges[^1].UsageId) Dispute(charges[^1], at);
        var total = charges.Aggregate(Money.Zero(charges[0].Amount.Currency), (sum, c) => sum + c.Amount + c.Tax);
        if (credited is not null) total -= CreditedAmounts.Total(credited);
        if (total.IsZero) return;
        BankPayouts.Add(new ExternalBankPayout($"po_{NextId()}", total, total, at));
        var prepaid = (NextId() % 3) switch { 0 => Money.Zero(total.Currency), 1 => Money.OfMinor(total.MinorUnits / 2, total.Currency), _ => total };
        if (!prepaid.IsZero) PayInAdvance(invoice, charges[0].Buyer, prepaid, at);
        var rest = total - prepaid;
        if (!rest.IsZero)
        {
            Payments.Add(new ExternalPayment($"ch_{NextId()}", invoice, rest, rest, Money.Zero(total.Currency), at));
            Record(Id<EntryKind>(NextId()), EntryReason.InvoicePaid, invoice.ToString(), at, (AccountKind.PaymentClearing, rest), (AccountKind.BuyerReceivable, -rest));
        }

        foreach (var provider in Charges.Where(c => c.InvoiceId == invoice).ToList().GroupBy(c => c.Provider)) PayOut([.. provider], credited, at);
        if (NextId() % 2 == 0) Refund(Charges.Last(c => c.InvoiceId == invoice), invoice, credited, prepaid, at);
    }

    /// <summary>A top-up of twice as much as is used of it; the rest of it goes back.</summary>
    private void PayInAdvance(InvoiceId invoice, OrganisationId buyer, Money used, Instant at)
    {
        var topUp = new BookedTopUp(Id<TopUpKind>(NextId()), buyer, used + used, Id<EntryKind>(NextId()), at - Duration.FromDays(2), $"ch_{NextId()}");
        TopUps.Add(topUp);
        Payments.Add(new ExternalPayment(topUp.ExternalPaymentId, null, topUp.Amount, topUp.Amount, Money.Zero(used.Currency), topUp.PaidAt, topUp.TopUpId));
        Record(topUp.EntryId, EntryReason.PrepaidToppedUp, topUp.TopUpId.ToString(), topUp.PaidAt, (AccountKind.PaymentClearing, topUp.Amount), (AccountKind.BuyerPrepaid, -topUp.Amount));

        var use = new BookedPrepaidUse($"{invoice}:1", invoice, buyer, used, Id<EntryKind>(NextId()), at, $"pr_{NextId()}");
        PrepaidUses.Add(use);
        ExternalPrepaidUses.Add(new ExternalPrepaidUse(use.ExternalId!, use.Reference, used, at));
        Record(use.EntryId, EntryReason.PrepaidUsed, use.Reference, at, (AccountKind.BuyerPrepaid, used), (AccountKind.BuyerReceivable, -used));

        var refund = new BookedTopUpRefund(Id<RefundKind>(NextId()), topUp.TopUpId, buyer, used, at, $"re_{NextId()}");
        TopUpRefunds.Add(refund);
        Corrections.Add(new ExternalCorrection(CorrectionKind.Refund, refund.ExternalId!, refund.RefundId.ToString(), used, at));
        Record(Id<EntryKind>(NextId()), EntryReason.PrepaidRefundOrdered, refund.RefundId.ToString(), at, (AccountKind.BuyerPrepaid, used), (AccountKind.Refund, -used));
        Record(Id<EntryKind>(NextId()), EntryReason.RefundPaid, refund.RefundId.ToString(), at, (AccountKind.Refund, used), (AccountKind.PaymentClearing, -used));
    }

    private void PayOut(List<RatedCharge> charges, BookedCredit? credited, Instant at)
    {
        var payout = Id<PayoutKind>(NextId());
        var amount = charges.Aggregate(Money.Zero(charges[0].Amount.Currency), (sum, c) => sum + c.Amount - c.Fee - Given(c, credited));
        if (amount.IsZero) return;
        foreach (var charge in charges) Replace(charge, charge with { PayoutId = payout });
        Transfers.Add(new ExternalTransfer($"tr_{NextId()}", payout, amount, at));
        Payouts.Add(new BookedPayout(payout, charges[0].Provider, amount, Money.Zero(amount.Currency), amount, [], at, Transfers[^1].ExternalId));
        Record(Id<EntryKind>(NextId()), EntryReason.ProviderPaid, payout.ToString(), at, (AccountKind.ProviderPayable, amount), (AccountKind.PaymentClearing, -amount));
    }

    private static Money Given(RatedCharge charge, BookedCredit? credited) =>
        credited?.Lines[0].UsageId == charge.UsageId ? credited.Lines[0].Share : Money.Zero(charge.Amount.Currency);

    /// <summary>Takes back half of what a charge is in its parts; null where that is nothing.</summary>
    private BookedCredit? Credit(RatedCharge charge, InvoiceId invoice, bool isRefund, Instant at, Money? prepaid = null)
    {
        Money Half(Money amount) => Money.OfMinor(amount.MinorUnits / 2, amount.Currency);
        var line = new BookedCreditLine(charge.UsageId, charge.Provider, Half(charge.Amount - charge.Fee), Half(charge.Fee), Half(charge.Tax));
        var total = line.Share + line.Fee + line.Tax;
        if (total.IsZero) return null;
        var id = isRefund ? Id<RefundKind>(NextId()).ToString() : Id<CreditNoteKind>(NextId()).ToString();
        var external = $"corr_{NextId()}";
        var restored = prepaid is { IsZero: false } most ? most < total ? most : total : (Money?)null;
        var isAll = restored == total;
        var credit = new BookedCredit(id, isRefund, invoice, charge.Buyer, [line], Id<EntryKind>(NextId()), at, isAll ? null : external, restored);
        Credits.Add(credit);
        if (!isAll) Corrections.Add(new ExternalCorrection(isRefund ? CorrectionKind.Refund : CorrectionKind.CreditNote, external, id, restored is { } part ? total - part : total, at));
        Record(credit.EntryId, isRefund ? EntryReason.RefundOrdered : EntryReason.CreditNoteIssued, id, at,
            (isRefund ? AccountKind.Refund : AccountKind.BuyerReceivable, -total), (AccountKind.ProviderPayable, line.Share),
            (AccountKind.PlatformRevenue, line.Fee), (AccountKind.Tax, line.Tax));
        return credit;
    }

    private void Refund(RatedCharge charge, InvoiceId invoice, BookedCredit? credited, Money prepaid, Instant at)
    {
        if (credited?.Lines[0].UsageId == charge.UsageId || Credit(charge, invoice, isRefund: true, at, prepaid) is not { } refund) return;
        var total = CreditedAmounts.Total(refund);
        var back = refund.ToPrepaid is { } restored ? total - restored : total;
        if (!back.IsZero) Record(Id<EntryKind>(NextId()), EntryReason.RefundPaid, refund.Id, at, (AccountKind.Refund, back), (AccountKind.PaymentClearing, -back));
        if (refund.ToPrepaid is { } again) Record(Id<EntryKind>(NextId()), EntryReason.PrepaidRestored, refund.Id, at, (AccountKind.Refund, again), (AccountKind.BuyerPrepaid, -again));
        var share = refund.Lines[0].Share;
        if (share.IsZero || Payouts.FindIndex(p => p.PayoutId == charge.PayoutId) is not (>= 0 and var payout)) return;
        var reference = $"{refund.Id}:{charge.UsageId}";
        Payouts[payout] = Payouts[payout] with { Reversals = [new BookedReversal(reference, share, true, at)] };
        Corrections.Add(new ExternalCorrection(CorrectionKind.TransferReversal, $"trr_{NextId()}", reference, share, at));
        Record(Id<EntryKind>(NextId()), EntryReason.TransferReversed, reference, at, (AccountKind.PaymentClearing, share), (AccountKind.ProviderPayable, -share));
    }

    private void Record(EntryId id, EntryReason reason, string reference, Instant at, params (AccountKind Kind, Money Amount)[] postings) => Entries.Add(new LedgerEntry(
        ++lastSequence,
        new RecordEntry(id, postings[0].Amount.Currency, reason, reference, at, [.. postings.Where(p => !p.Amount.IsZero).Select(p => new Posting(new Account(p.Kind, null), p.Amount))]),
        at, ""));

    private void Replace(RatedCharge old, RatedCharge now) => Charges[Charges.IndexOf(old)] = now;
}
