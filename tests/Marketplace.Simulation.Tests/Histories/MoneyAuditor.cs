using Marketplace.Billing.DraftInvoice;
using Marketplace.Billing.Lists;
using Marketplace.Billing.PayProviders;
using Marketplace.Billing.Prepaid;
using Marketplace.Contracts;
using Marketplace.Finance;
using Marketplace.Ledger;
using Marketplace.Simulation.Tests.Audit;
using NodaTime;

namespace Marketplace.Simulation.Tests.Histories;

/// <summary>Works out, the slow and obvious way, what must be true of the money at the end of a history.</summary>
internal sealed class MoneyAuditor(MoneyWorld world)
{
    /// <summary>The months that a history touches.</summary>
    public static IReadOnlyList<BillingPeriod> Months { get; } =
        [.. new[] { 11, 12 }.Select(month => BillingPeriod.Containing(Instant.FromUtc(2026, month, 2, 0, 0)))];

    public async Task CheckAsync()
    {
        Assert.Empty(world.Market.Messages.DeadLetters);
        Auditor.UsageStaysWithinTheLease(world.Seen);
        await EachSecondIsBilledOnceAsync();
        foreach (var currency in Currency.Known) await AccountsHoldWhatTheRecordsSayAsync(currency);
        var differences = await DifferencesAsync();
        Assert.True(differences.Count == 0, string.Join("; ", differences));
    }

    /// <summary>What reconciliations of all months find: each difference in one of them.</summary>
    public async Task<IReadOnlyList<Difference>> DifferencesAsync()
    {
        var differences = new List<Difference>();
        foreach (var month in Months)
        {
            var made = await world.Market.Get<RunReconciliation>().RunAsync(month, "history", world.NextKey(), default);
            differences.AddRange(await world.Market.Get<ReadReconciliations>().ListDifferencesAsync(made.Result.Value.Id, default));
        }

        return differences;
    }

    /// <summary>The ledger's entries, from all months.</summary>
    public async Task<List<LedgerEntry>> EntriesAsync(Currency currency)
    {
        var entries = new List<LedgerEntry>();
        foreach (var month in Months) entries.AddRange(await world.Market.Get<ILedgerRecords>().ListAsync(currency, month, default).ToListAsync());
        return entries;
    }

    public async Task<List<RatedCharge>> ChargesAsync()
    {
        var charges = new List<RatedCharge>();
        foreach (var month in Months) charges.AddRange(await world.Market.Get<IPaymentRecords>().ListChargesAsync(month, default).ToListAsync());
        return charges;
    }

    private async Task EachSecondIsBilledOnceAsync()
    {
        foreach (var lease in world.Seen.Usage.Values.GroupBy(usage => usage.LeaseId))
        {
            var billed = new HashSet<long>();
            foreach (var usage in lease)
            {
                var evidence = await world.Market.Get<IUsageEvidence>().FindAsync(lease.Key, usage.UsageId, default);
                Assert.Equal(usage.Total, evidence!.Recomputed);
                foreach (var segment in evidence.Segments.Where(segment => segment.Billed > GpuTime.Zero))
                {
                    Assert.True(segment.Billed.GpuSeconds <= segment.Seconds() * evidence.GpuCount, $"{usage.UsageId} bills more than was leased.");
                    for (var second = segment.From.ToUnixTimeSeconds(); second < segment.To.ToUnixTimeSeconds(); second++)
                        Assert.True(billed.Add(second), $"{lease.Key} is billed twice for {Instant.FromUnixTimeSeconds(second)}.");
                }
            }
        }

        foreach (var month in Months)
        {
            await foreach (var audit in world.Market.Get<IUsageAudit>().AuditAsync(month, default))
                Assert.True(audit.Holds, $"{audit.Record.UsageId} is not what its readings give.");
        }
    }

    // Usage as metered, less what was taken back, is what everybody has in the end; from the records alone, without the entries.
    private async Task AccountsHoldWhatTheRecordsSayAsync(Currency currency)
    {
        var journal = await world.Market.Get<CheckJournal>().CheckAsync(currency, default);
        Assert.Empty(journal.Findings);
        Assert.True(journal.Sum.IsZero);

        var charges = (await ChargesAsync()).Where(charge => charge.Amount.Currency == currency && !charge.Amount.IsZero).ToList();
        var usage = world.Seen.Usage.Values.Where(record => record.Price.Currency == currency && !record.Price.Cost(record.Total).IsZero).ToList();
        Assert.Equal(usage.ToDictionary(record => record.UsageId, record => record.Price.Cost(record.Total)), charges.ToDictionary(charge => charge.UsageId, charge => charge.Amount));

        var invoices = (await world.Market.Get<BillingReads>().ListInvoicesAsync(null, 1_000, null, default)).Items.Where(invoice => invoice.Currency == currency).ToList();
        Assert.Equal(charges.Select(charge => charge.UsageId).Order(), invoices.SelectMany(invoice => invoice.Lines).Select(line => line.UsageId).Order());
        Assert.All(invoices, IsSettled);

        var entries = await EntriesAsync(currency);
        Assert.All(entries, entry => Assert.Equal(0, entry.Entry.Postings.Sum(posting => posting.Amount.MinorUnits)));
        var balances = entries.SelectMany(entry => entry.Entry.Postings).GroupBy(posting => posting.Account.Kind).ToDictionary(kind => kind.Key, kind => kind.Sum(posting => posting.Amount.MinorUnits));
        var lines = invoices.SelectMany(invoice => invoice.Lines).ToList();
        long BalanceOf(AccountKind kind) => balances.GetValueOrDefault(kind);
        Assert.Equal(0, BalanceOf(AccountKind.BuyerReceivable));
        Assert.Equal(0, BalanceOf(AccountKind.Refund));
        Assert.Equal(0, BalanceOf(AccountKind.DisputeHold));
        Assert.Equal(-lines.Sum(line => line.Left().Fee.MinorUnits), BalanceOf(AccountKind.PlatformRevenue));
        Assert.Equal(-lines.Sum(line => line.Left().Tax.MinorUnits), BalanceOf(AccountKind.Tax));

        var payouts = (await world.Market.Get<BillingReads>().ListPayoutsAsync(null, 1_000, null, default)).Items.Where(payout => payout.Amount.Currency == currency).ToList();
        var paidOut = payouts.Sum(payout => payout.Reversible().MinorUnits);
        Assert.Equal(paidOut - lines.Sum(line => line.Left().Share.MinorUnits), BalanceOf(AccountKind.ProviderPayable));
        Assert.Equal(world.Payments.Transfers.Where(transfer => transfer.Amount.Currency == currency).Sum(transfer => transfer.Amount.MinorUnits), paidOut);

        // What was paid in advance paid invoices, is paid in advance again, went back unused, or is left.
        var topUps = (await world.Market.Get<BillingReads>().ListTopUpsAsync(null, 1_000, null, default)).Items.Where(item => item.TopUp.Amount.Currency == currency).ToList();
        Assert.All(topUps, item => Assert.NotEqual(TopUpState.Pending, item.TopUp.State));
        var paidIn = topUps.Where(item => item.TopUp.State == TopUpState.Paid).Sum(item => item.TopUp.Amount.MinorUnits);
        var used = invoices.Sum(invoice => (invoice.Prepaid() - invoice.RefundedToPrepaid).MinorUnits);
        var wentBack = topUps.Sum(item => item.TopUp.Refunded().MinorUnits);
        Assert.Equal(paidIn - used - wentBack, topUps.Sum(item => item.Unused.MinorUnits));
        Assert.Equal(used + wentBack - paidIn, BalanceOf(AccountKind.BuyerPrepaid));
        long Of(IEnumerable<Money> amounts) => amounts.Where(amount => amount.Currency == currency).Sum(amount => amount.MinorUnits);
        Assert.Equal(paidIn, Of(world.Payments.Payments.Where(payment => payment.TopUpId is not null).Select(payment => payment.Amount)));
        Assert.Equal(wentBack, Of(world.Payments.TopUpRefunds.Select(refund => refund.Amount)));
        Assert.Equal(invoices.Sum(invoice => invoice.Prepaid().MinorUnits), Of(world.Payments.PrepaidUses.Select(use => use.Amount)));

        var collected = invoices.Sum(invoice => invoice.Collectable().MinorUnits);
        var refunded = invoices.Sum(invoice => (invoice.Refunded - invoice.RefundedToPrepaid).MinorUnits);
        Assert.Equal(paidIn - wentBack + collected - refunded - paidOut, BalanceOf(AccountKind.PaymentClearing));
        Assert.Equal(refunded, Of(world.Payments.Refunds.Select(refund => refund.Amount)));
    }

    private static void IsSettled(Invoice invoice)
    {
        Assert.Contains(invoice.State, new[] { InvoiceState.Paid, InvoiceState.Void });
        Assert.Equal(invoice.Total, invoice.Lines.Aggregate(Money.Zero(invoice.Currency), (sum, line) => sum + line.Amount));
        Assert.All(invoice.Lines, line => Assert.Equal(line.Amount, line.ProviderShare + line.Fee + line.Tax));
        Assert.Equal(invoice.Credited + invoice.Refunded, invoice.Lines.Aggregate(Money.Zero(invoice.Currency), (sum, line) => sum + line.Credited.Total()));
    }
}
