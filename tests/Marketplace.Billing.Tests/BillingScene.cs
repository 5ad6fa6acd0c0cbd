using Marketplace.Billing.CollectInvoice;
using Marketplace.Billing.CreditInvoice;
using Marketplace.Billing.Disputes;
using Marketplace.Billing.DraftInvoice;
using Marketplace.Billing.Lists;
using Marketplace.Billing.Payments;
using Marketplace.Billing.PayProviders;
using Marketplace.Billing.Prepaid;
using Marketplace.Billing.StartRun;
using Marketplace.Billing.Terms;
using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using Marketplace.Testing.Payments;
using Marketplace.Testing.Simulation;
using Marketplace.Testing.Store;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Marketplace.Billing.Tests;

/// <summary>Billing alone, with a payment service in memory, an ear on what it tells the ledger, and webhooks that a test delivers.</summary>
internal sealed class BillingScene : IAsyncDisposable
{
    private readonly SimulatedMarketplace market;
    private readonly UlidSource ids;
    private readonly Dictionary<EntryId, RecordEntry> entries = [];

    public BillingScene(
        int seed = 1, double disorderRate = 0, Func<StoreCall, StoreFault>? faults = null, Action<IServiceCollection>? with = null)
    {
        market = new SimulatedMarketplace(services =>
        {
            with?.Invoke(services);
            services.AddBilling();
            services.AddSingleton<FakePaymentGateway>();
            services.AddSingleton<IPaymentGateway>(p => p.GetRequiredService<FakePaymentGateway>());
            services.AddSingleton<IPaymentWebhooks, PlainWebhooks>();
            services.AddSingleton(this);
            services.AddSingleton<IPeriods>(Closed);
            services.AddMessageHandler<RecordEntry, Ear>("ledger", m => m.Currency.Code);
            services.AddMessageHandler<HoldEntry, Ear>("ledger", m => m.Currency.Code);
            services.AddMessageHandler<PostHeld, Ear>("ledger", m => m.Currency.Code);
            services.AddMessageHandler<VoidHeld, Ear>("ledger", m => m.Currency.Code);
            services.AddSingleton<IAccountStandings, Standings>();
        }, seed, disorderRate, faults);
        ids = new UlidSource(market.Time, new Testing.Time.SeededEntropy(seed));
        Gateway = market.Services.GetRequiredService<FakePaymentGateway>();
    }

    public FakePaymentGateway Gateway { get; }

    /// <summary>Months that finance closed.</summary>
    public ClosedMonths Closed { get; } = new();

    public SimulatedMarketplace Market => market;

    public IReadOnlyCollection<RecordEntry> Entries => entries.Values;

    /// <summary>What is left of every hold, and on which account.</summary>
    public Dictionary<EntryId, (Account Account, Money Left)> Holds { get; } = [];

    public async Task<OrganisationId> Register(bool provides, bool buys, string? country = null)
    {
        var id = OrganisationId.From(ids.Next());
        await market.SendAsync(new OrganisationRegistered(id, "Organisation", "o@example.com", provides, buys, country));
        await market.RunAsync();
        return id;
    }

    public UsageMetered Usage(OrganisationId buyer, OrganisationId provider, long gpuSeconds, string price = "2.10", Currency? currency = null)
    {
        UnitPrice.TryParse(price, currency ?? Currency.Usd, out var unit);
        var now = market.Time.Now;
        var hour = HourSlot.Containing(now);
        var used = GpuTime.OfGpuSeconds(gpuSeconds);
        return new UsageMetered(
            UsageId.From(ids.Next()), LeaseId.From(ids.Next()), buyer, provider, unit, [new HourUsage(hour, used)], used,
            now - Duration.FromHours(1), now, now);
    }

    /// <summary>A new id's second part.</summary>
    public Ulid NextId() => ids.Next();

    public Task Send<T>(T message)
        where T : IMessage => market.SendAsync(message);

    public async Task Run(RunPurpose purpose, string key)
    {
        await market.Get<StartRunHandler>().StartAsync(purpose, null, IdempotencyKey.Of(key), default);
        await market.RunAsync();
    }

    public async Task<Invoice> Invoice() => Assert.Single(await Invoices());

    /// <summary>The buyer pays by itself, such as on the payment service's own page.</summary>
    public async Task PayNow(Invoice invoice)
    {
        Gateway.Declining.Remove(invoice.Buyer);
        await Gateway.PayInvoiceAsync(invoice.InvoiceId, invoice.ExternalId!, 99, market.Time.Now, default);
    }

    public async Task<CreditNote> Credit(Invoice invoice, string key, params LineCredit[] lines) =>
        (await market.Get<CreditInvoiceHandler>().IssueAsync(
            invoice.InvoiceId, lines.Length == 0 ? null : lines, "because", IdempotencyKey.Of(key), default)).Result.Value;

    public async Task<Refund> Refund(Invoice invoice, string key, params LineCredit[] lines) =>
        (await market.Get<CreditInvoiceHandler>().RefundAsync(
            invoice.InvoiceId, lines.Length == 0 ? null : lines, "because", IdempotencyKey.Of(key), default)).Result.Value;

    public async Task<CreditRefusal> Refused(Invoice invoice, CreditForm form, params LineCredit[] lines)
    {
        var handler = market.Get<CreditInvoiceHandler>();
        var key = IdempotencyKey.Of($"refused-{ids.Next()}");
        var wanted = lines.Length == 0 ? null : lines;
        return form == CreditForm.CreditNote
            ? (await handler.IssueAsync(invoice.InvoiceId, wanted, "because", key, default)).Result.Refusal
            : (await handler.RefundAsync(invoice.InvoiceId, wanted, "because", key, default)).Result.Refusal;
    }

    public async Task<Result<Dispute, OpenDisputeRefusal>> TryContest(Invoice invoice, OrganisationId caller, string key, int line = 0) =>
        (await market.Get<DisputeCharge>().OpenAsync(
            invoice.InvoiceId, invoice.Lines[line].UsageId, caller, "because", IdempotencyKey.Of(key), default)).Result;

    public async Task<Dispute> Contest(Invoice invoice, OrganisationId? caller = null, string key = "contest") =>
        (await TryContest(invoice, caller ?? invoice.Buyer, key)).Value;

    public async Task<Result<Dispute, ResolveDisputeRefusal>> TryResolve(Dispute dispute, bool credits, Money? amount, string key) =>
        (await market.Get<DisputeCharge>().ResolveAsync(dispute.DisputeId, credits, amount, "because", IdempotencyKey.Of(key), default)).Result;

    public async Task<Dispute> Resolve(Dispute dispute, bool credits, Money? amount = null, string key = "resolve") =>
        (await TryResolve(dispute, credits, amount, key)).Value;

    public async Task<Result<Invoice, WriteOffRefusal>> WriteOff(Invoice invoice, string key = "write-off") =>
        (await market.Get<WriteOffInvoiceHandler>().ExecuteAsync(invoice.InvoiceId, "because", IdempotencyKey.Of(key), default)).Result;

    public async Task Terms(OrganisationId provider, PayoutSchedule schedule, params Money[] minimum) =>
        Assert.True((await market.Get<SetPayoutTerms>().ExecuteAsync(provider, schedule, minimum, IdempotencyKey.Of($"terms-{ids.Next()}"), default)).Result.IsAccepted);

    public Task<List<CreditNote>> Notes(Invoice invoice) => market.Get<BillingReads>().ListCreditNotesAsync(invoice, default).ToListAsync().AsTask();

    public async Task<Result<TopUp, StartTopUpRefusal>> TryTopUp(OrganisationId buyer, Money amount, string? key = null) =>
        (await market.Get<StartTopUp>().ExecuteAsync(buyer, amount, IdempotencyKey.Of(key ?? $"top-up-{ids.Next()}"), default)).Result;

    /// <summary>A buyer pays in advance, and what follows happens.</summary>
    public async Task<TopUp> TopUp(OrganisationId buyer, long minorUnits, string? key = null)
    {
        var topUp = (await TryTopUp(buyer, Money.OfMinor(minorUnits, Currency.Usd), key)).Value;
        await market.RunAsync();
        return await Find(topUp.TopUpId);
    }

    public async Task<TopUp> Find(TopUpId topUp) => (await market.Get<BillingReads>().FindTopUpAsync(null, topUp, default))!.Value.TopUp;

    /// <summary>What is left of a top-up.</summary>
    public async Task<long> Unused(TopUp topUp) => (await market.Get<BillingReads>().FindTopUpAsync(topUp.Buyer, topUp.TopUpId, default))!.Value.Unused.MinorUnits;

    public async Task<Result<TopUpRefund, RefundTopUpRefusal>> TryRefund(TopUp topUp, long? minorUnits = null, string? key = null) =>
        (await market.Get<RefundTopUp>().ExecuteAsync(
            topUp.Buyer, topUp.TopUpId, minorUnits is { } minor ? Money.OfMinor(minor, topUp.Amount.Currency) : null,
            IdempotencyKey.Of(key ?? $"refund-{ids.Next()}"), default)).Result;

    /// <summary>Nobody owes anybody: what is left at the payment service is the platform's, the state's, and what buyers paid in advance.</summary>
    public void IsSettled()
    {
        Assert.Empty(market.Messages.DeadLetters);
        foreach (var kind in new[] { AccountKind.BuyerReceivable, AccountKind.ProviderPayable, AccountKind.Refund, AccountKind.DisputeHold })
            Assert.Equal((kind, 0), (kind, Balance(kind)));
        Assert.Equal(-Balance(AccountKind.PaymentClearing), Balance(AccountKind.PlatformRevenue) + Balance(AccountKind.Tax) + Balance(AccountKind.BuyerPrepaid));
    }

    /// <summary>Delivers one webhook as it is; whether it was believed.</summary>
    public async Task<bool> Deliver(string body, string? signature = "signed") =>
        (await market.Get<ReceiveWebhook.ReceiveWebhookHandler>().HandleAsync(body, signature, default)).IsAccepted;

    /// <summary>Delivers reports of all payments so far, in an order and as often as told.</summary>
    public async Task DeliverWebhooks(int copies = 1)
    {
        foreach (var (buyer, invoice) in Gateway.Paid.ToList())
        {
            for (var copy = 0; copy < copies; copy++)
                Assert.True((await market.Get<ReceiveWebhook.ReceiveWebhookHandler>().HandleAsync($"{buyer} {invoice}", "signed", default)).IsAccepted);
        }

        await market.RunAsync();
    }

    public async Task<IReadOnlyList<Invoice>> Invoices(OrganisationId? buyer = null) =>
        (await market.Get<BillingReads>().ListInvoicesAsync(buyer, 1000, null, default)).Items;

    public async Task<IReadOnlyList<Payout>> Payouts(OrganisationId? provider = null) =>
        (await market.Get<BillingReads>().ListPayoutsAsync(provider, 1000, null, default)).Items;

    public Task<List<RatedCharge>> Charges() =>
        market.Services.GetRequiredService<IPaymentRecords>().ListChargesAsync(BillingPeriod.Containing(market.Time.Now), default).ToListAsync().AsTask();

    /// <summary>The sum of all postings to accounts of a kind, in a currency.</summary>
    public long Balance(AccountKind kind, Currency currency) =>
        Entries.Where(e => e.Currency == currency).SelectMany(e => e.Postings).Where(p => p.Account.Kind == kind).Sum(p => p.Amount.MinorUnits);

    /// <summary>The sum of all postings to accounts of a kind.</summary>
    public long Balance(AccountKind kind) =>
        Entries.SelectMany(e => e.Postings).Where(p => p.Account.Kind == kind).Sum(p => p.Amount.MinorUnits);

    public ValueTask DisposeAsync() => market.DisposeAsync();

    public sealed class ClosedMonths : HashSet<BillingPeriod>, IPeriods
    {
        public Task<bool> IsClosedAsync(BillingPeriod period, CancellationToken cancellationToken) => Task.FromResult(Contains(period));
    }

    /// <summary>Takes what the ledger would, with its rules: the same id has the same content, postings sum to zero and are not zero.</summary>
    private sealed class Ear(BillingScene scene)
        : IMessageHandler<RecordEntry>, IMessageHandler<HoldEntry>, IMessageHandler<PostHeld>, IMessageHandler<VoidHeld>
    {
        public Task HandleAsync(HoldEntry message, MessageContext context, CancellationToken cancellationToken)
        {
            scene.Holds.TryAdd(message.HoldId, (message.Account, message.Amount));
            return Task.CompletedTask;
        }

        public Task HandleAsync(PostHeld message, MessageContext context, CancellationToken cancellationToken)
        {
            var entry = new RecordEntry(message.EntryId, message.Currency, message.Reason, message.Reference, message.BookedAt, message.Postings);
            if (!scene.entries.ContainsKey(message.EntryId) && scene.Holds.TryGetValue(message.HoldId, out var hold))
            {
                var debit = message.Postings.Where(p => p.Account == hold.Account).Aggregate(Money.Zero(message.Currency), (sum, p) => sum + p.Amount);
                scene.Holds[message.HoldId] = (hold.Account, debit < hold.Left ? hold.Left - debit : Money.Zero(message.Currency));
            }

            return HandleAsync(entry, context, cancellationToken);
        }

        public Task HandleAsync(VoidHeld message, MessageContext context, CancellationToken cancellationToken)
        {
            if (scene.Holds.TryGetValue(message.HoldId, out var hold)) scene.Holds[message.HoldId] = (hold.Account, Money.Zero(message.Currency));
            return Task.CompletedTask;
        }

        public Task HandleAsync(RecordEntry message, MessageContext context, CancellationToken cancellationToken)
        {
            Assert.Equal(0, message.Postings.Sum(p => p.Amount.MinorUnits));
            Assert.DoesNotContain(message.Postings, p => p.Amount.IsZero || p.Amount.Currency != message.Currency);
            Assert.InRange(message.Postings.Count, 2, 50);
            Assert.Equal(message.Reason == EntryReason.Reversal, message.Reverses is not null && message.Note is not null);
            if (!scene.entries.TryAdd(message.EntryId, message)) Assert.Equivalent(scene.entries[message.EntryId], message, strict: true);
            return Task.CompletedTask;
        }
    }

    /// <summary>What the ledger would say of an account.</summary>
    private sealed class Standings(BillingScene scene) : IAccountStandings
    {
        public IAsyncEnumerable<Posting> ListAsync(AccountKind kind, Currency currency, Instant before, CancellationToken cancellationToken) =>
            throw new NotSupportedException("Billing does not ask for that.");

        public Task<AccountStanding> ReadAsync(Account account, Currency currency, CancellationToken cancellationToken) => Task.FromResult(new AccountStanding(
            scene.Entries.Where(e => e.Currency == currency).SelectMany(e => e.Postings).Where(p => p.Account == account)
                .Aggregate(Money.Zero(currency), (sum, p) => sum + p.Amount),
            scene.Holds.Values.Where(h => h.Account == account && h.Left.Currency == currency).Aggregate(Money.Zero(currency), (sum, h) => sum + h.Left)));
    }

    /// <summary>Believes bodies of the form <c>org inv</c> that are "signed"; with a kind and a number behind them they tell of something else.</summary>
    private sealed class PlainWebhooks(TimeProvider time) : IPaymentWebhooks
    {
        public Result<PaymentEvent, WebhookRefusal> Read(string body, string? signature)
        {
            if (signature != "signed") return WebhookRefusal.SignatureInvalid;
            var parts = body.Split(' ');
            if (parts.Length is not (2 or 4)) return WebhookRefusal.Malformed;
            if (TopUpId.TryParse(parts[1], out var topUp))
                return new PaymentEvent($"evt_{string.Join('_', parts[1..])}", "a.topUp", PaymentEventKind.TopUpChanged, time.Now(), OrganisationId.Parse(parts[0]), null, topUp);
            var kind = parts.Length == 2 ? PaymentEventKind.InvoicePaid : Enum.Parse<PaymentEventKind>(parts[2]);
            var number = parts.Length == 2 ? "" : $"_{kind}_{parts[3]}";
            return new PaymentEvent(
                $"evt_{parts[1]}{number}", $"a.{kind}", kind, time.Now(), OrganisationId.Parse(parts[0]), InvoiceId.Parse(parts[1]));
        }
    }
}
