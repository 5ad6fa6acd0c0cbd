using CsCheck;
using Marketplace.Billing.CreditInvoice;
using Marketplace.Billing.Disputes;
using Marketplace.Billing.DraftInvoice;
using Marketplace.Billing.Lists;
using Marketplace.Billing.PayProviders;
using Marketplace.Billing.Prepaid;
using Marketplace.Billing.StartRun;
using Marketplace.Billing.Terms;
using Marketplace.Contracts;
using Marketplace.Runtime.Dispatch;
using Marketplace.Testing.Store;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Marketplace.Billing.Tests;

/// <summary>
/// Random histories of everything that billing does, with failing stores and payments, repeated and lost messages, and webhooks in any
/// order. After every step the books are compared with what the payment service did, to the minor unit.
/// </summary>
public class HistoryTests
{
    private const int Steps = 60;

    [Fact]
    public async Task Books_and_payment_service_agree_after_every_step_of_any_history()
    {
        var seen = new Dictionary<string, int>();
        await Gen.Int[1, 10_000_000].SampleAsync(async seed =>
        {
            await using var history = new History(seed);
            await history.RunAsync();
            foreach (var (what, count) in await history.CountAsync()) seen[what] = seen.GetValueOrDefault(what) + count;
        }, iter: 80, threads: 1);

        // A history that never does a thing proves nothing about it.
        Assert.All(seen, pair => Assert.True(pair.Value > 0, $"No history had {pair.Key}."));
    }

    private sealed class History : IAsyncDisposable
    {
        private readonly Random random;
        private readonly BillingScene scene;
        private readonly List<OrganisationId> buyers = [];
        private readonly List<OrganisationId> providers = [];
        private readonly List<UsageMetered> sent = [];
        private bool quiet = true;
        private int failures;
        private int keys;

        public History(int seed)
        {
            random = new Random(seed);
            scene = new BillingScene(seed, disorderRate: 0.05, Fault, Register);
            scene.Gateway.Fault = _ => Fails(0.1) ? random.Next(2) * 2 - 1 : 0;
        }

        public ValueTask DisposeAsync() => scene.DisposeAsync();

        public async Task RunAsync()
        {
            providers.AddRange([await scene.Register(true, false, "DE"), await scene.Register(true, true)]);
            buyers.AddRange([await scene.Register(false, true, "DE"), providers[1], await scene.Register(false, true, "FR")]);
            for (var step = 0; step < Steps; step++)
            {
                await StepAsync();
                failures = MessageProcessor.MaxAttempts - 3;
                quiet = false;
                await scene.Market.RunAsync();
                quiet = true;
                await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromMinutes(20));
                await CheckAsync();
            }

            await FinishAsync();
        }

        public async Task<IReadOnlyDictionary<string, int>> CountAsync()
        {
            var invoices = await scene.Invoices();
            var payouts = await scene.Payouts();
            var notes = new List<CreditNote>();
            foreach (var invoice in invoices) notes.AddRange(await scene.Notes(invoice));
            return new Dictionary<string, int>
            {
                ["a credit note"] = notes.Count(n => n.State == CreditNoteState.Issued),
                ["a credit note that came too late"] = notes.Count(n => n.State == CreditNoteState.Refunded),
                ["a refund"] = scene.Gateway.Refunds.Count,
                ["a void invoice"] = invoices.Count(i => i.State == InvoiceState.Void),
                ["a declined payment"] = invoices.Sum(i => i.Declined?.Count ?? 0),
                ["a write-off"] = invoices.Count(i => i.State == InvoiceState.Uncollectible),
                ["a write-off that was paid"] = invoices.Count(i => i is { WriteOff: not null, State: InvoiceState.Paid }),
                ["a reversal"] = payouts.Sum(p => p.Reversals.Count(x => x.State == ReversalState.Made)),
                ["a debt"] = payouts.Sum(p => p.Reversals.Count(x => x.State == ReversalState.Owed)),
                ["an offset"] = payouts.Count(p => !p.Offset.IsZero),
                ["a payout of nothing"] = payouts.Count(p => p.Amount.IsZero),
                ["a correction"] = invoices.Sum(i => i.Lines.Count(l => l.IsCorrection)),
                ["a released dispute"] = (await Disputes()).Count(d => d.State == DisputeState.Released),
                ["a credited dispute"] = (await Disputes()).Count(d => d.State == DisputeState.Credited),
                ["a held share"] = scene.Entries.Count(e => e.Reason == EntryReason.DisputeHeld),
                ["a top-up that was declined or abandoned"] = (await TopUps()).Count(t => t.TopUp.State is TopUpState.Declined or TopUpState.Abandoned),
                ["an invoice that is paid in advance"] = invoices.Count(i => !i.Prepaid().IsZero && i.Collectable().IsZero),
                ["an invoice of which a part is paid in advance"] = invoices.Count(i => !i.Prepaid().IsZero && !i.Collectable().IsZero),
                ["a refund to credit"] = invoices.Count(i => !i.RefundedToPrepaid.IsZero),
                ["a refund to credit and card"] = invoices.Count(i => !i.RefundedToPrepaid.IsZero && i.Refunded != i.RefundedToPrepaid),
                ["a refund of unused credit"] = scene.Gateway.TopUpRefunds.Count,
            };
        }

        private static void Register(IServiceCollection services) => services.AddSingleton(BillingTerms.Standard with
        {
            Fees = new RatePlans([new RatePlan("f", null, new LocalDate(2000, 1, 1), null, 500), new RatePlan("f-de", "DE", new LocalDate(2000, 1, 1), null, 777)]),
            Taxes = new RatePlans([new RatePlan("t", null, new LocalDate(2000, 1, 1), null, 0), new RatePlan("t-de", "DE", new LocalDate(2000, 1, 1), null, 1_900)]),
        });

        private bool Fails(double rate) => !quiet && failures > 0 && random.NextDouble() < rate && failures-- > 0;

        private StoreFault Fault(StoreCall call) =>
            Fails(0.005) ? (StoreFault)random.Next((int)StoreFault.ThrowBefore, (int)StoreFault.Conflict)
            : !quiet && random.NextDouble() < 0.05 ? (StoreFault)random.Next((int)StoreFault.Conflict, (int)StoreFault.EmptyPage + 1)
            : StoreFault.None;

        private T Any<T>(IReadOnlyList<T> items) => items[random.Next(items.Count)];

        private string Key() => $"k-{++keys}";

        private async Task StepAsync()
        {
            switch (random.Next(17))
            {
                case 0 or 1 or 2: await UseAsync(); break;
                case 3: await scene.Market.Get<StartRunHandler>().StartAsync(
                    RunPurpose.Billing, random.Next(2) == 0 ? null : Any(buyers), Runtime.Work.IdempotencyKey.Of(Key()), default); break;
                case 4: await scene.Market.Get<StartRunHandler>().StartAsync(RunPurpose.Payout, null, Runtime.Work.IdempotencyKey.Of(Key()), default); break;
                case 5: await CreditAsync(CreditForm.CreditNote); break;
                case 6 or 7: await CreditAsync(CreditForm.Refund); break;
                case 8: await ContestAsync(); break;
                case 9: await ResolveAsync(); break;
                case 10: await PayAsync(); break;
                case 11: await DeliverAsync(); break;
                case 12: await GoOnAsync(); break;
                case 13 or 14: await TopUpAsync(); break;
                case 15: await RefundUnusedAsync(); break;
                default: await GiveUpAsync(); break;
            }
        }

        private async Task UseAsync()
        {
            var currency = random.Next(4) == 0 ? Currency.Jpy : Currency.Usd;
            var usage = scene.Usage(Any(buyers), Any(providers), random.Next(0, 30_000), random.Next(1, 900) / 100m + "", currency);
            if (random.Next(4) == 0)
            {
                // It was metered before, and only comes now.
                var late = Duration.FromDays(random.Next(1, 30));
                usage = usage with { MeteredAt = usage.MeteredAt - late, ChargedFrom = usage.ChargedFrom - late, ChargedTo = usage.ChargedTo - late };
            }

            sent.Add(usage);
            await scene.Send(usage);
            if (random.Next(3) == 0) await scene.Send(Any(sent));
        }

        private async Task CreditAsync(CreditForm form, Invoice? invoice = null)
        {
            var invoices = await scene.Invoices();
            var fitting = invoices.Where(i => i.IsUnpaid() == (form == CreditForm.CreditNote)).ToList();
            if (fitting.Count > 0 && random.Next(4) > 0) invoices = fitting;
            if (invoices.Count == 0) return;
            invoice ??= Any(invoices);
            var lines = random.Next(4) == 0 ? null : new[] { Part(Any(invoice.Lines)) };
            var (credit, key) = (scene.Market.Get<CreditInvoiceHandler>(), Runtime.Work.IdempotencyKey.Of(Key()));
            for (var times = random.Next(1, 3); times > 0; times--)
            {
                if (form == CreditForm.CreditNote) await credit.IssueAsync(invoice.InvoiceId, lines, "because", key, default);
                else await credit.RefundAsync(invoice.InvoiceId, lines, "because", key, default);
            }
        }

        private LineCredit Part(InvoicedCharge line) =>
            new(line.UsageId, random.Next(3) == 0 ? null : Money.OfMinor(random.NextInt64(1, line.Amount.MinorUnits + 1), line.Amount.Currency));

        private async Task TopUpAsync()
        {
            var buyer = Any(buyers);
            if (random.Next(4) == 0 && !scene.Gateway.Authenticating.Remove(buyer)) scene.Gateway.Authenticating.Add(buyer);
            var currency = random.Next(4) == 0 ? Currency.Jpy : Currency.Usd;
            var (amount, key) = (Money.OfMinor(random.NextInt64(1_000, 6_000), currency), Key());
            for (var times = random.Next(1, 3); times > 0; times--) await scene.TryTopUp(buyer, amount, key);
        }

        private async Task RefundUnusedAsync()
        {
            var topUps = await TopUps();
            if (topUps.Count == 0) return;
            var (topUp, unused) = Any(topUps);
            long? amount = random.Next(2) == 0 ? null : random.NextInt64(1, Math.Max(2, unused.MinorUnits + 1));
            var key = Key();
            for (var times = random.Next(1, 3); times > 0; times--) await scene.TryRefund(topUp, amount, key);
        }

        private async Task ContestAsync()
        {
            var invoices = await scene.Invoices();
            if (invoices.Count == 0) return;
            var invoice = Any(invoices);
            var line = random.Next(invoice.Lines.Count);
            await scene.TryContest(invoice, random.Next(2) == 0 ? invoice.Buyer : invoice.Lines[line].Provider, Key(), line);
        }

        private async Task ResolveAsync()
        {
            var open = (await Disputes()).Where(d => d.State == DisputeState.Open).ToList();
            if (open.Count == 0) return;
            var dispute = Any(open);
            Money? amount = random.Next(2) == 0 ? null : Money.OfMinor(random.NextInt64(1, dispute.Amount.MinorUnits + 1), dispute.Amount.Currency);
            await scene.TryResolve(dispute, random.Next(3) > 0, amount, Key());
        }

        private async Task PayAsync()
        {
            var buyer = Any(buyers);
            if (!scene.Gateway.Declining.Remove(buyer)) scene.Gateway.Declining.Add(buyer);
            var open = (await scene.Invoices()).Where(i => i.State is not (InvoiceState.Draft or InvoiceState.Void)).ToList();
            if (open.Count == 0 || random.Next(2) == 0) return;
            var invoice = open.FirstOrDefault(i => i.IsUnpaid()) ?? Any(open);
            await scene.PayNow(invoice);
            if (random.Next(2) == 0) await CreditAsync(CreditForm.CreditNote, invoice);
        }

        private async Task DeliverAsync()
        {
            foreach (var (buyer, invoice) in scene.Gateway.Paid.OrderBy(_ => random.Next()).Take(random.Next(6)).ToList())
            {
                await scene.Deliver($"{buyer} {invoice} InvoicePaymentFailed 1");
                await scene.Deliver($"{buyer} {invoice}");
                if (random.Next(2) == 0) await scene.Deliver($"{buyer} {invoice}");
            }

            foreach (var (topUp, _) in await TopUps())
            {
                if (topUp is { State: TopUpState.Pending, ExternalId: not null } && random.Next(2) == 0) scene.Gateway.CompleteTopUp(topUp.TopUpId, random.Next(3) > 0);
            }

            foreach (var (buyer, topUp) in scene.Gateway.EndedTopUps.OrderBy(_ => random.Next()).Take(random.Next(6)).ToList())
                await scene.Deliver($"{buyer} {topUp} told {random.Next(3)}");
        }

        private async Task GoOnAsync()
        {
            await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromHours(random.Next(1, 24 * 12)));
            var over = BillingPeriod.Containing(scene.Market.Time.Now).Previous;
            if (random.Next(2) == 0) scene.Closed.Add(over);
            if (scene.Gateway.Transfers.Count > 0) scene.Gateway.Penniless.Add(Any(scene.Gateway.Transfers).ExternalId);
        }

        private async Task GiveUpAsync()
        {
            var invoices = (await scene.Invoices()).Where(i => i.IsUnpaid()).ToList();
            if (invoices.Count > 0) await scene.WriteOff(Any(invoices), Key());
        }

        /// <summary>Everything is paid or given up, decided and paid out.</summary>
        private async Task FinishAsync()
        {
            foreach (var dispute in (await Disputes()).Where(d => d.State == DisputeState.Open)) await scene.TryResolve(dispute, false, null, Key());
            scene.Gateway.Declining.Clear();
            scene.Gateway.Authenticating.Clear();
            await scene.Run(RunPurpose.Billing, Key());
            await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromDays(20));
            foreach (var invoice in (await scene.Invoices()).Where(i => i.IsUnpaid())) await scene.PayNow(invoice);
            await scene.DeliverWebhooks();
            await scene.Run(RunPurpose.Payout, Key());
            await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromDays(1));
            await CheckAsync();
            Assert.DoesNotContain(await scene.Invoices(), i => i.IsUnpaid() || i.State == InvoiceState.Draft);
            foreach (var currency in Currency.Known)
            {
                Assert.Equal(0, scene.Balance(AccountKind.BuyerReceivable, currency));
                Assert.Equal(0, scene.Balance(AccountKind.Refund, currency));
                Assert.Equal(0, scene.Balance(AccountKind.DisputeHold, currency));

                // Payouts + fees + taxes + credits (and what was given up) = charges; what a provider still owes was paid out too much.
                var invoices = (await scene.Invoices()).Where(i => i.Currency == currency).ToList();
                var credits = invoices.Sum(i => i.Credited.MinorUnits + i.Refunded.MinorUnits);
                var lost = invoices.Where(i => i.State == InvoiceState.Uncollectible).Sum(i => i.Due().MinorUnits);
                var owed = scene.Balance(AccountKind.ProviderPayable, currency);
                Assert.True(owed >= 0);
                var payouts = scene.Gateway.Transfers.Where(t => t.Amount.Currency == currency).Sum(t => t.Amount.MinorUnits) - owed;
                var fees = -scene.Balance(AccountKind.PlatformRevenue, currency);
                var taxes = -scene.Balance(AccountKind.Tax, currency);
                Assert.Equal(await ChargedAsync(currency), payouts + fees + taxes + credits + lost);
            }
        }

        private async Task CheckAsync()
        {
            Assert.Empty(scene.Market.Messages.DeadLetters);
            var invoices = await scene.Invoices();
            var topUps = await TopUps();
            foreach (var invoice in invoices) CheckInvoice(invoice);
            foreach (var currency in Currency.Known)
            {
                // What is at the payment service: payments less refunds less transfers, net of what was taken back.
                var taken = scene.Gateway.Payments.Where(p => p.Amount.Currency == currency && Knows(invoices, topUps, p)).Sum(p => p.Amount.MinorUnits);
                var refunded = scene.Gateway.Refunds.Select(r => r.Amount).Concat(scene.Gateway.TopUpRefunds.Select(r => r.Amount))
                    .Where(r => r.Currency == currency).Sum(r => r.MinorUnits);
                var transferred = scene.Gateway.Transfers.Where(t => t.Amount.Currency == currency).Sum(t => t.Amount.MinorUnits);
                Assert.Equal(taken - refunded - transferred, scene.Balance(AccountKind.PaymentClearing, currency));

                // What is owed: charges that are not paid, less what was credited or given up.
                var open = invoices.Where(i => i.Currency == currency && i.State is not (InvoiceState.Paid or InvoiceState.Uncollectible)).Sum(i => i.Collectable().MinorUnits);
                var unbilled = await ChargedAsync(currency) - invoices.Where(i => i.Currency == currency).Sum(i => i.Total.MinorUnits);
                Assert.Equal(open + unbilled, scene.Balance(AccountKind.BuyerReceivable, currency));

                // What is paid in advance and not used: top-up by top-up what the ledger says as a whole.
                Assert.Equal(-topUps.Sum(t => t.Unused.Currency == currency ? t.Unused.MinorUnits : 0), scene.Balance(AccountKind.BuyerPrepaid, currency));
            }
        }

        private void CheckInvoice(Invoice invoice)
        {
            Assert.Equal(invoice.Total.MinorUnits, invoice.Lines.Sum(l => l.Amount.MinorUnits));
            Assert.Equal(invoice.Credited.MinorUnits + invoice.Refunded.MinorUnits, invoice.Lines.Sum(l => l.Credited.Total().MinorUnits));
            Assert.All(invoice.Lines, l => Assert.False(l.Left().Share.IsNegative || l.Left().Fee.IsNegative || l.Left().Tax.IsNegative));
            var there = scene.Gateway.CreditNoteLines.Where(n => n.Invoice == invoice.InvoiceId).Sum(n => n.Line.Amount.MinorUnits);
            Assert.Equal((invoice.Credited.MinorUnits, 0), (there, invoice.PendingNotes));
            Assert.Equal((invoice.Refunded - invoice.RefundedToPrepaid).MinorUnits, scene.Gateway.Refunds.Where(r => r.Invoice == invoice.InvoiceId).Sum(r => r.Amount.MinorUnits));
            Assert.True(!invoice.Prepaid().IsNegative && invoice.RefundedToPrepaid <= invoice.Prepaid());
            if (invoice.State == InvoiceState.Paid)
                Assert.Equal(invoice.Collectable().MinorUnits, scene.Gateway.Payments.Where(p => p.InvoiceId == invoice.InvoiceId).Sum(p => p.Amount.MinorUnits));
        }

        /// <summary>A payment counts once it is known here; nobody told of one made on the service's own page.</summary>
        private static bool Knows(IReadOnlyList<Invoice> invoices, IReadOnlyList<(TopUp TopUp, Money Unused)> topUps, ExternalPayment payment) => payment.TopUpId is { } id
            ? topUps.Single(t => t.TopUp.TopUpId == id).TopUp.State == TopUpState.Paid
            : invoices.Single(i => i.InvoiceId == payment.InvoiceId).State == InvoiceState.Paid;

        private async Task<long> ChargedAsync(Currency currency)
        {
            var records = scene.Market.Services.GetRequiredService<IPaymentRecords>();
            long sum = 0;
            for (var period = BillingPeriod.Containing(sent.Count == 0 ? scene.Market.Time.Now : sent.Min(u => u.MeteredAt));
                period.CompareTo(BillingPeriod.Containing(scene.Market.Time.Now)) <= 0; period = period.Next)
            {
                await foreach (var charge in records.ListChargesAsync(period, default))
                    if (charge.Amount.Currency == currency) sum += charge.Amount.MinorUnits + charge.Tax.MinorUnits;
            }

            return sum;
        }

        private async Task<IReadOnlyList<(TopUp TopUp, Money Unused)>> TopUps() => (await scene.Market.Get<BillingReads>().ListTopUpsAsync(null, 1_000, null, default)).Items;

        private async Task<IReadOnlyList<Dispute>> Disputes() => (await scene.Market.Get<BillingReads>().ListDisputesAsync(null, 1_000, null, default)).Items;
    }
}
