using Marketplace.Billing.CollectInvoice;
using Marketplace.Billing.Credit;
using Marketplace.Billing.CreditInvoice;
using Marketplace.Billing.Disputes;
using Marketplace.Billing.DraftInvoice;
using Marketplace.Billing.Lists;
using Marketplace.Billing.Payments;
using Marketplace.Billing.Prepaid;
using Marketplace.Billing.ReceiveWebhook;
using Marketplace.Billing.StartRun;
using Marketplace.Contracts;
using Marketplace.Finance;
using Marketplace.Metering;
using Marketplace.Simulation.Tests.Doubles;
using NodaTime;

namespace Marketplace.Simulation.Tests.Histories;

/// <summary>Some leases around the end of a month, and what people do with their money in the days after, drawn from a seed.</summary>
internal sealed class MoneyHistory(MoneyWorld world, int seed)
{
    private static readonly Instant Beginning = Instant.FromUtc(2026, 11, 30, 16, 0);
    private readonly Random random = new(seed);
    private readonly List<(Instant At, Func<Task> Do)> deeds = [];
    private readonly List<OrganisationId> buyers = [];
    private readonly List<OrganisationId> providers = [];
    private readonly List<LeaseReady> leases = [];

    /// <summary>Whether the first month was closed before all was settled.</summary>
    public bool HasClosed { get; private set; }

    public async Task PlayAsync()
    {
        await world.Market.RunUntilAsync(Beginning);
        for (var i = 0; i < 2; i++) buyers.Add(await RegisterAsync(provides: false));
        for (var i = 0; i < 2; i++) providers.Add(await RegisterAsync(provides: true));
        // One of the two has a limit, so that something is set aside for its trades.
        var limits = Currency.Known.Select(currency => Money.OfMinor(1_000_000_000, currency)).ToList();
        Assert.True((await world.Market.Get<SetCreditTerms>().ExecuteAsync(buyers[1], new CreditTerms(limits, "history"), world.NextKey(), default)).Result.IsAccepted);
        for (var i = 1 + random.Next(3); i >= 0; i--) PlanLease();
        // One of the two pays in advance from the beginning.
        deeds.Add((Beginning + Duration.FromMinutes(random.Next(60)), () => TopUpAsync(buyers[0])));
        for (var i = 0; i < 16; i++) deeds.Add((Beginning + Duration.FromMinutes(random.Next(120, 6 * 24 * 60)), ActAsync));
        foreach (var (at, deed) in deeds.OrderBy(deed => deed.At).ToList())
        {
            await world.PassUntilAsync(at);
            await deed();
        }

        await SettleAsync();
    }

    /// <summary>Everybody pays, and everything is paid out.</summary>
    private async Task SettleAsync()
    {
        world.Payments.Declining.Clear();
        world.Payments.Authenticating.Clear();
        await world.PassUntilAsync(world.Now + Duration.FromHours(1));
        while (await OpenDisputesAsync() is [_, ..]) await ResolveAsync();
        for (var round = 0; round < 2; round++)
        {
            await StartAsync(RunPurpose.Billing);
            await world.PassUntilAsync(world.Now + Duration.FromDays(10));
            foreach (var invoice in (await InvoicesAsync()).Where(invoice => invoice is { ExternalId: not null, State: not InvoiceState.Paid and not InvoiceState.Void }))
                await world.Payments.PayInvoiceAsync(invoice.InvoiceId, invoice.ExternalId!, 99, world.Now, default);
            await DeliverWebhooksAsync(_ => true);
            await world.PassUntilAsync(world.Now + Duration.FromHours(1));
            await StartAsync(RunPurpose.Payout);
            await world.PassUntilAsync(world.Now + Duration.FromHours(1));
        }
    }

    private async Task<OrganisationId> RegisterAsync(bool provides)
    {
        var id = world.Ids.Next<OrganisationKind>();
        await world.Market.SendAsync(new OrganisationRegistered(id, "Organisation", "o@example.com", provides, !provides, random.Next(2) == 0 ? "CN" : null));
        await world.Market.RunAsync();
        return id;
    }

    private void PlanLease()
    {
        var lease = RandomLease.Create(random, world.Ids.Next<LeaseKind>(), Any(buyers), Any(providers), HourSlot.Containing(Beginning) + 1);
        var lastBatch = ReadingBatchFormat.NoBatch;
        leases.Add(lease.Ready);
        deeds.Add((Beginning + Duration.FromMinutes(random.Next(60)), () => world.Market.SendAsync(TradeOf(lease.Ready))));
        deeds.Add((lease.Ready.ReadyAt, () => world.Market.SendAsync(lease.Ready)));
        deeds.Add((lease.Stopped.StoppedAt, () => world.Market.SendAsync(lease.Stopped)));
        deeds.AddRange(lease.Batches.Select<(Instant SentAt, IReadOnlyList<SignedReading> Readings), (Instant, Func<Task>)>(
            batch => (batch.SentAt + Duration.FromSeconds(1), () => ReportAsync(batch.Readings))));

        async Task ReportAsync(IReadOnlyList<SignedReading> readings)
        {
            if (random.Next(10) == 0) Assert.Equal(SubmitReadingsRefusal.SignatureInvalid, (await SubmitAsync(readings, lastBatch, isForged: true)).Refusal);
            if (random.Next(10) == 0) Assert.Equal(SubmitReadingsRefusal.BatchOutOfChain, (await SubmitAsync(readings, new string('1', 64))).Refusal);
            var before = lastBatch;
            for (var times = random.Next(4) == 0 ? 2 : 1; times > 0; times--) Assert.True((await SubmitAsync(readings, before)).IsAccepted);
            lastBatch = ReadingBatchFormat.Hash(BytesOf(readings, before));
        }

        async Task<Result<AcceptedBatch, SubmitReadingsRefusal>> SubmitAsync(IReadOnlyList<SignedReading> readings, string previous, bool isForged = false)
        {
            var signature = MoneyWorld.Sign(BytesOf(readings, isForged ? new string('2', 64) : previous));
            var command = new SubmitReadingsCommand(lease.Ready.LeaseId, MoneyWorld.MachineKey, previous, readings, signature);
            return (await world.Market.Get<SubmitReadings>().SubmitAsync(MoneyWorld.Machine, command, world.NextKey(), default)).Result;
        }

        byte[] BytesOf(IReadOnlyList<SignedReading> readings, string previous) =>
            ReadingBatchFormat.ToBytes(lease.Ready.LeaseId, MoneyWorld.MachineKey, previous, readings);
    }

    private TradeExecuted TradeOf(LeaseReady lease) => new(
        world.Ids.Next<TradeKind>(), lease.LeaseId, new BookKey(GpuModelId.Parse("nvidia-h200-sxm"), HubId.Parse("guizhou")), world.Ids.Next<BidKind>(), lease.Buyer,
        world.Ids.Next<ListingKind>(), lease.Provider, lease.MachineId, lease.GpuCount, lease.Window, lease.Price, new Capacity(1, 1, 1, 1), world.Now);

    // A machine proved less than was sold: known before the lease is billed, after, or after it was paid.
    private Task ShortfallAsync()
    {
        var lease = Any(leases);
        var from = lease.Window.Start + Duration.FromHours(random.Next(2));
        return world.Market.SendAsync(new CreditShortfall(
            lease.LeaseId, lease.Buyer, from, from + Duration.FromHours(1 + random.Next(3)), 1 + random.Next(10_000), "history"));
    }

    private Task ActAsync() => random.Next(19) switch
    {
        0 or 1 => StartAsync(RunPurpose.Billing, random.Next(2) == 0 ? Any(buyers) : null),
        2 => StartAsync(RunPurpose.Payout, random.Next(2) == 0 ? Any(providers) : null),
        3 => DeclineAsync(),
        4 or 5 => TakeBackAsync(),
        6 => CloseAsync(),
        7 => ForgeWebhookAsync(),
        8 or 9 => DisputeAsync(),
        10 => ResolveAsync(),
        11 => WriteOffAsync(),
        12 => TopUpAsync(Any(buyers)),
        13 => RefundUnusedAsync(),
        14 => AuthenticateAsync(),
        15 or 16 => ShortfallAsync(),
        _ => DeliverWebhooksAsync(_ => random.Next(3) > 0),
    };

    private async Task StartAsync(RunPurpose purpose, OrganisationId? only = null) =>
        Assert.True((await world.Market.Get<StartRunHandler>().StartAsync(purpose, only, world.NextKey(), default)).Result.IsAccepted);

    private Task DeclineAsync()
    {
        var buyer = Any(buyers);
        if (!world.Payments.Declining.Remove(buyer)) world.Payments.Declining.Add(buyer);
        return Task.CompletedTask;
    }

    private async Task TopUpAsync(OrganisationId buyer)
    {
        var amount = Money.OfMinor(random.NextInt64(5_000, 40_000), Any(Currency.Known));
        var key = world.NextKey();
        for (var times = random.Next(4) == 0 ? 2 : 1; times > 0; times--)
            Assert.True((await world.Market.Get<StartTopUp>().ExecuteAsync(buyer, amount, key, default)).Result.IsAccepted);
    }

    // It is refused where nothing is left, or the top-up is not paid.
    private async Task RefundUnusedAsync()
    {
        if (await TopUpsAsync() is not [_, ..] topUps) return;
        var (topUp, unused) = Any(topUps);
        Money? amount = random.Next(2) == 0 ? null : Money.OfMinor(random.NextInt64(1, unused.MinorUnits + 2), unused.Currency);
        var key = world.NextKey();
        for (var times = 0; times < 2; times++) await world.Market.Get<RefundTopUp>().ExecuteAsync(topUp.Buyer, topUp.TopUpId, amount, key, default);
    }

    // Some banks want their customers to authenticate payments in advance: these wait, end later, or never.
    private async Task AuthenticateAsync()
    {
        var buyer = Any(buyers);
        if (!world.Payments.Authenticating.Remove(buyer)) world.Payments.Authenticating.Add(buyer);
        world.Payments.UnavailableTransfers = random.Next(3);
        foreach (var (topUp, _) in await TopUpsAsync())
        {
            if (topUp is { State: TopUpState.Pending, ExternalId: not null } && random.Next(2) == 0) world.Payments.CompleteTopUp(topUp.TopUpId, random.Next(3) > 0);
        }
    }

    // Whatever it is asked for, the refusals see to it that no more is taken back than is left.
    private async Task TakeBackAsync()
    {
        if (await InvoicesAsync() is not [_, ..] invoices) return;
        var invoice = Any(invoices);
        var line = Any(invoice.Lines);
        LineCredit[]? lines = random.Next(4) == 0
            ? null
            : [new LineCredit(line.UsageId, random.Next(3) == 0 ? null : Money.OfMinor(random.NextInt64(1, 500), invoice.Total.Currency))];
        var handler = world.Market.Get<CreditInvoiceHandler>();
        var key = world.NextKey();
        for (var times = 0; times < 2; times++)
        {
            if (invoice.IsUnpaid()) await handler.IssueAsync(invoice.InvoiceId, lines, "history", key, default);
            else await handler.RefundAsync(invoice.InvoiceId, lines, "history", key, default);
        }
    }

    private async Task DisputeAsync()
    {
        if (await InvoicesAsync() is not [_, ..] invoices) return;
        var invoice = Any(invoices);
        var line = Any(invoice.Lines);
        await world.Market.Get<DisputeCharge>().OpenAsync(
            invoice.InvoiceId, line.UsageId, random.Next(2) == 0 ? invoice.Buyer : line.Provider, "history", world.NextKey(), default);
    }

    private async Task ResolveAsync()
    {
        if (await OpenDisputesAsync() is not [_, ..] disputes) return;
        var dispute = Any(disputes);
        await world.Market.Get<DisputeCharge>().ResolveAsync(
            dispute.DisputeId, random.Next(2) == 0, random.Next(2) == 0 ? null : Money.OfMinor(1, dispute.Amount.Currency), "history", world.NextKey(), default);
    }

    private async Task WriteOffAsync()
    {
        if (await InvoicesAsync() is [_, ..] invoices) await world.Market.Get<WriteOffInvoiceHandler>().ExecuteAsync(Any(invoices).InvoiceId, "history", world.NextKey(), default);
    }

    // It is refused while records are on their way, and once it is done.
    private async Task CloseAsync() =>
        HasClosed |= (await world.Market.Get<ClosePeriod>().CloseAsync(BillingPeriod.Containing(Beginning), "finance", world.NextKey(), default)).Result.IsAccepted;

    private async Task ForgeWebhookAsync()
    {
        if (await InvoicesAsync() is not [_, ..] invoices) return;
        var invoice = Any(invoices);
        Assert.False((await DeliverAsync(invoice.Buyer, invoice.InvoiceId, "forged")).IsAccepted);
    }

    /// <summary>Some of the reports of payments, in any order, some twice.</summary>
    private async Task DeliverWebhooksAsync(Func<InvoiceId, bool> which)
    {
        var paid = world.Payments.Paid.Where(payment => which(payment.Invoice)).ToArray();
        random.Shuffle(paid);
        foreach (var (buyer, invoice) in paid) Assert.True((await DeliverAsync(buyer, invoice, "signed")).IsAccepted);
        var ended = world.Payments.EndedTopUps.ToArray();
        random.Shuffle(ended);
        foreach (var (buyer, topUp) in ended)
            Assert.True((await world.Market.Get<ReceiveWebhookHandler>().HandleAsync(SimulatedWebhooks.BodyOf(buyer, topUp), "signed", default)).IsAccepted);
    }

    private async Task<Result<PaymentEvent, WebhookRefusal>> DeliverAsync(OrganisationId buyer, InvoiceId invoice, string signature) =>
        await world.Market.Get<ReceiveWebhookHandler>().HandleAsync(SimulatedWebhooks.BodyOf(buyer, invoice), signature, default);

    private async Task<IReadOnlyList<Invoice>> InvoicesAsync() => (await world.Market.Get<BillingReads>().ListInvoicesAsync(null, 1_000, null, default)).Items;

    private async Task<IReadOnlyList<(TopUp TopUp, Money Unused)>> TopUpsAsync() =>
        (await world.Market.Get<BillingReads>().ListTopUpsAsync(null, 1_000, null, default)).Items;

    private async Task<IReadOnlyList<Dispute>> OpenDisputesAsync() =>
        [.. (await world.Market.Get<BillingReads>().ListDisputesAsync(null, 1_000, null, default)).Items.Where(dispute => dispute.State == DisputeState.Open)];

    private T Any<T>(IReadOnlyList<T> of) => of[random.Next(of.Count)];
}
