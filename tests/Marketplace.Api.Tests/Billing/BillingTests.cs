using System.Net;
using System.Text;
using Marketplace.Api.Auth;
using Marketplace.Client;
using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Time;
using Marketplace.Stripe;
using Marketplace.StripeDouble;
using Marketplace.StripeDouble.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using Stripe;

namespace Marketplace.Api.Tests.Billing;

public sealed class BillingTests
{
    [Fact]
    public async Task Usage_becomes_an_invoice_is_paid_by_webhook_and_is_paid_out()
    {
        await using var scene = await Scene.Start();
        var (buyer, provider) = await scene.Use();
        var finance = scene.Host.Client(scene.Host.StaffToken(Scopes.FinanceRead, Scopes.FinanceWrite));
        var run = await finance.StartBillingRunAsync("run-1");
        Assert.Equal(run, await finance.StartBillingRunAsync("run-1"));
        await scene.Host.WhenIdleAsync();

        var mine = scene.Host.Client(scene.Host.TokenOf(buyer));
        var open = Assert.Single((await mine.ListInvoicesAsync()).Items);
        Assert.Equal(("open", "4.20", "USD", "2026-11", 1), (open.Status, open.Total.Amount, open.Total.Currency, open.Period, open.LineCount));
        await scene.Post(await scene.Event("invoice.paid"));
        await scene.Post(await scene.Event("invoice.paid"));
        var paid = await mine.GetInvoiceAsync(open.InvoiceId);
        Assert.Equal("paid", paid.Status);
        Assert.Equal((7_200, "2.10", "4.20"), (paid.Lines![0].GpuSeconds, paid.Lines[0].Price.PerGpuHour, paid.Lines[0].Amount.Amount));

        await finance.StartPayoutRunAsync("run-1");
        await scene.Host.WhenIdleAsync();
        var payout = Assert.Single((await scene.Host.Client(scene.Host.TokenOf(provider)).ListPayoutsAsync()).Items);
        Assert.Equal(("paid", "3.99"), (payout.Status, payout.Amount.Amount));
        Assert.Equal(payout, Assert.Single((await finance.ListPayoutsAsync()).Items));
        Assert.Equal(open.InvoiceId, Assert.Single((await finance.ListInvoicesAsync()).Items).InvoiceId);
        Assert.Equal(399, Assert.Single(await scene.Stripe.V1.Transfers.ListAsync()).Amount);
    }

    [Fact]
    public async Task The_month_reconciles_and_an_altered_line_is_one_difference()
    {
        await using var scene = await Scene.Start();
        await scene.Use();
        await scene.Use();
        var finance = scene.Host.Client(scene.Host.StaffToken(Scopes.FinanceRead, Scopes.FinanceWrite));
        await finance.StartBillingRunAsync("run-1");
        await scene.Host.WhenIdleAsync();
        foreach (var body in await scene.Events("invoice.paid")) await scene.Post(body);
        await finance.StartPayoutRunAsync("run-1");
        await scene.Host.WhenIdleAsync();
        var clean = await finance.RunReconciliationAsync("2026-11", "r-1");
        Assert.Empty(clean.CountsByKind);
        Assert.Equal(0, clean.DifferenceCount);

        var invoice = (await scene.Stripe.V1.Invoices.ListAsync()).First();
        Assert.True(scene.Alter(invoice.Lines.Single().Id, 421));
        var planted = await finance.GetReconciliationAsync((await finance.RunReconciliationAsync("2026-11", "r-2")).ReconciliationId);
        var difference = Assert.Single(planted.Differences!);
        Assert.Equal(("amountDiffers", "4.20", "4.21"), (difference.Kind, difference.Expected!.Amount.Amount, difference.Found!.Amount.Amount));
    }

    [Fact]
    public async Task Finance_refunds_a_part_of_a_paid_invoice_and_the_transfer_is_taken_back()
    {
        await using var scene = await Scene.Start();
        var (buyer, provider) = await scene.Use();
        var finance = scene.Host.Client(scene.Host.StaffToken(Scopes.FinanceRead, Scopes.FinanceWrite));
        await finance.StartBillingRunAsync("run-1");
        await scene.Host.WhenIdleAsync();
        var invoice = await finance.GetInvoiceAsync(Assert.Single((await finance.ListInvoicesAsync()).Items).InvoiceId);
        var request = new Client.Models.CreditRequest("Two minutes late.", [new(invoice.Lines![0].UsageId, new("1.00", "USD"))]);
        var early = await Assert.ThrowsAsync<ProblemException>(() => finance.RefundInvoiceAsync(invoice.InvoiceId, request, "r-0"));
        Assert.Equal("invoice_not_paid", early.Code);

        await scene.Post(await scene.Event("invoice.paid"));
        await finance.StartPayoutRunAsync("run-1");
        await scene.Host.WhenIdleAsync();
        var refund = await finance.RefundInvoiceAsync(invoice.InvoiceId, request, "r-1");
        Assert.Equal(refund, await finance.RefundInvoiceAsync(invoice.InvoiceId, request, "r-1") with { Lines = refund.Lines });
        await scene.Host.WhenIdleAsync();
        var mine = scene.Host.Client(scene.Host.TokenOf(buyer));
        var made = Assert.Single((await mine.ListRefundsAsync(invoice.InvoiceId)).Items);
        Assert.Equal(("made", "1.00", "0.95", "0.05"), (made.Status, made.Amount.Amount, made.Lines[0].ProviderShare.Amount, made.Lines[0].Fee.Amount));
        Assert.Empty((await mine.ListCreditNotesAsync(invoice.InvoiceId)).Items);
        Assert.Equal("1.00", (await mine.GetInvoiceAsync(invoice.InvoiceId)).Refunded.Amount);
        var payout = Assert.Single((await scene.Host.Client(scene.Host.TokenOf(provider)).ListPayoutsAsync()).Items);
        Assert.Equal(("3.99", "0.95"), (payout.Amount.Amount, payout.TakenBack.Amount));
        Assert.Equal(95, Assert.Single(await scene.Stripe.V1.Transfers.ListAsync()).AmountReversed);
        Assert.Equal(100, Assert.Single(await scene.Stripe.V1.Refunds.ListAsync()).Amount);
    }

    [Fact]
    public async Task A_buyer_contests_a_charge_and_finance_decides()
    {
        await using var scene = await Scene.Start();
        var (buyer, provider) = await scene.Use();
        var finance = scene.Host.Client(scene.Host.StaffToken(Scopes.FinanceRead, Scopes.FinanceWrite));
        await finance.StartBillingRunAsync("run-1");
        await scene.Host.WhenIdleAsync();
        await scene.Post(await scene.Event("invoice.paid"));
        var mine = scene.Host.Client(scene.Host.TokenOf(buyer));
        var invoice = await mine.GetInvoiceAsync(Assert.Single((await mine.ListInvoicesAsync()).Items).InvoiceId);
        var dispute = await mine.OpenDisputeAsync(invoice.InvoiceId, invoice.Lines![0].UsageId, new("It was not reachable."), "d-1");
        await scene.Host.WhenIdleAsync();
        var theirs = scene.Host.Client(scene.Host.TokenOf(provider));
        Assert.Equal(dispute, await theirs.GetDisputeAsync(dispute.DisputeId));
        var twice = await Assert.ThrowsAsync<ProblemException>(() =>
            theirs.OpenDisputeAsync(invoice.InvoiceId, invoice.Lines[0].UsageId, new("It was."), "d-2"));
        Assert.Equal("invoice_line_disputed", twice.Code);
        await finance.StartPayoutRunAsync("run-1");
        await scene.Host.WhenIdleAsync();
        Assert.Empty((await theirs.ListPayoutsAsync()).Items);

        var refused = await Assert.ThrowsAsync<ProblemException>(() =>
            finance.ResolveDisputeAsync(dispute.DisputeId, new("release", "No.", new("1.00", "USD")), "d-3"));
        Assert.Equal("invalid_fields", refused.Code);
        var resolved = await finance.ResolveDisputeAsync(dispute.DisputeId, new("credit", "Half of it.", new("2.10", "USD")), "d-3");
        Assert.Equal("credited", resolved.Status);
        await scene.Host.WhenIdleAsync();
        Assert.Equal(resolved.CreditId, Assert.Single((await mine.ListRefundsAsync(invoice.InvoiceId)).Items).Id);
        await finance.StartPayoutRunAsync("run-2");
        await scene.Host.WhenIdleAsync();
        Assert.Equal("1.99", Assert.Single((await theirs.ListPayoutsAsync()).Items).Amount.Amount);
        Assert.Equal("credited", Assert.Single((await finance.ListDisputesAsync()).Items).Status);
    }

    [Fact]
    public async Task Finance_invoices_one_buyer_on_demand_and_sets_when_a_provider_is_paid()
    {
        await using var scene = await Scene.Start();
        var (buyer, provider) = await scene.Use();
        await scene.Use();
        var finance = scene.Host.Client(scene.Host.StaffToken(Scopes.FinanceRead, Scopes.FinanceWrite));
        await finance.InvoiceNowAsync(new(buyer.ToString()), "i-1");
        await scene.Host.WhenIdleAsync();
        Assert.Equal(buyer.ToString(), Assert.Single((await finance.ListInvoicesAsync()).Items).Buyer);
        var stranger = await Assert.ThrowsAsync<ProblemException>(() => finance.InvoiceNowAsync(new(scene.Host.NewOrganisation().ToString()), "i-2"));
        Assert.Equal("organisation_unknown", stranger.Code);

        await finance.SetPayoutTermsAsync(provider.ToString(), new("monthly", [new("50.00", "USD")]), "t-1");
        var mine = await scene.Host.Client(scene.Host.TokenOf(provider)).GetPayoutTermsAsync(provider.ToString());
        Assert.Equal(("monthly", "50.00"), (mine.Schedule, Assert.Single(mine.Minimum!).Amount));
        var other = await Assert.ThrowsAsync<ProblemException>(() => scene.Host.Client(scene.Host.TokenOf(buyer)).GetPayoutTermsAsync(provider.ToString()));
        Assert.Equal("not_found", other.Code);
    }

    [Fact]
    public async Task A_declined_invoice_is_lowered_by_a_credit_note_and_the_rest_written_off()
    {
        await using var scene = await Scene.Start();
        var (buyer, _) = await scene.Use();
        var customer = Assert.Single(await scene.Stripe.V1.Customers.ListAsync());
        await scene.Stripe.V1.Customers.UpdateAsync(
            customer.Id, new CustomerUpdateOptions { InvoiceSettings = new() { DefaultPaymentMethod = "pm_card_chargeCustomerFail" } });
        var finance = scene.Host.Client(scene.Host.StaffToken(Scopes.FinanceRead, Scopes.FinanceWrite));
        await finance.StartBillingRunAsync("run-1");
        await scene.Host.WhenIdleAsync();
        var mine = scene.Host.Client(scene.Host.TokenOf(buyer));
        var invoice = await mine.GetInvoiceAsync(Assert.Single((await mine.ListInvoicesAsync()).Items).InvoiceId);
        Assert.Equal(("pastDue", 1), (invoice.Status, Assert.Single(invoice.DeclinedPayments).Attempt));
        Assert.NotNull(invoice.NextAttemptAt);

        var note = await finance.IssueCreditNoteAsync(
            invoice.InvoiceId, new("Slower than proven.", [new(invoice.Lines![0].UsageId, new("1.20", "USD"))]), "n-1");
        await scene.Host.WhenIdleAsync();
        var issued = Assert.Single((await mine.ListCreditNotesAsync(invoice.InvoiceId)).Items);
        Assert.Equal((note.Id, "issued", "1.20"), (issued.Id, issued.Status, issued.Amount.Amount));
        Assert.Equal(120, Assert.Single(await scene.Stripe.V1.CreditNotes.ListAsync()).Amount);
        Assert.Equal("3.00", (await mine.GetInvoiceAsync(invoice.InvoiceId)).Due.Amount);
        var tooMuch = await Assert.ThrowsAsync<ProblemException>(() => finance.IssueCreditNoteAsync(
            invoice.InvoiceId, new("More.", [new(invoice.Lines[0].UsageId, new("3.01", "USD"))]), "n-2"));
        Assert.Equal("credit_exceeds_line", tooMuch.Code);

        var gone = await finance.WriteOffInvoiceAsync(invoice.InvoiceId, new("Insolvent."), "w-1");
        Assert.Equal(("uncollectible", "Insolvent.", null), (gone.Status, gone.WriteOffReason, gone.NextAttemptAt));
        var again = await Assert.ThrowsAsync<ProblemException>(() => finance.WriteOffInvoiceAsync(invoice.InvoiceId, new("Insolvent."), "w-2"));
        Assert.Equal("invoice_closed", again.Code);
    }

    [Fact]
    public async Task Five_hundred_refunds_at_once_of_one_line_give_back_no_more_than_it_is_and_each_key_once()
    {
        await using var scene = await Scene.Start();
        await scene.Use();
        var finance = scene.Host.Client(scene.Host.StaffToken(Scopes.FinanceRead, Scopes.FinanceWrite));
        await finance.StartBillingRunAsync("run-1");
        await scene.Host.WhenIdleAsync();
        await scene.Post(await scene.Event("invoice.paid"));
        await finance.StartPayoutRunAsync("run-1");
        await scene.Host.WhenIdleAsync();
        var invoice = await finance.GetInvoiceAsync(Assert.Single((await finance.ListInvoicesAsync()).Items).InvoiceId);

        // 50 keys of ten requests each, for 0.10 of a line of 4.20: 42 fit.
        var request = new Client.Models.CreditRequest("Late.", [new(invoice.Lines![0].UsageId, new("0.10", "USD"))]);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 500).Select(async i =>
        {
            try
            {
                return (await finance.RefundInvoiceAsync(invoice.InvoiceId, request, $"r-{i % 50}")).Id;
            }
            catch (ProblemException refused)
            {
                return refused.Code;
            }
        }));
        await scene.Host.WhenIdleAsync();
        var made = outcomes.Where(outcome => outcome.StartsWith("rfd_", StringComparison.Ordinal)).Distinct().ToList();
        Assert.Equal(42, made.Count);
        Assert.Equal(made.Order(), (await finance.ListRefundsAsync(invoice.InvoiceId)).Items.Select(r => r.Id).Order());
        Assert.Equal(42, (await scene.Stripe.V1.Refunds.ListAsync(new RefundListOptions { Limit = 100 })).Count());
        Assert.Equal(399, Assert.Single(await scene.Stripe.V1.Transfers.ListAsync()).AmountReversed);
        Assert.All(outcomes, outcome => Assert.True(made.Contains(outcome) || outcome is "nothing_to_credit" or "credit_exceeds_line" or "store_busy", outcome));
    }

    [Fact]
    public async Task Another_organisations_invoice_is_not_found()
    {
        await using var scene = await Scene.Start();
        var (_, provider) = await scene.Use();
        await scene.Host.Client(scene.Host.StaffToken(Scopes.FinanceWrite)).StartBillingRunAsync("run-1");
        await scene.Host.WhenIdleAsync();
        var invoice = Assert.Single((await scene.Host.Client(scene.Host.StaffToken()).ListInvoicesAsync()).Items);
        var other = scene.Host.Client(scene.Host.TokenOf(provider));
        Assert.Empty((await other.ListInvoicesAsync()).Items);
        var refused = await Assert.ThrowsAsync<ProblemException>(() => other.GetInvoiceAsync(invoice.InvoiceId));
        Assert.Equal("not_found", refused.Code);
    }

    [Theory]
    [InlineData("POST", "/v1/billing-runs", "bids:write", HttpStatusCode.Forbidden, "scope_required")]
    [InlineData("POST", "/v1/payout-runs", "finance:read", HttpStatusCode.Forbidden, "scope_required")]
    [InlineData("POST", "/v1/billing-runs", "finance:write", HttpStatusCode.BadRequest, "idempotency_key_required")]
    [InlineData("GET", "/v1/invoices", "bids:write", HttpStatusCode.Forbidden, "organisation_required")]
    [InlineData("GET", "/v1/payouts?cursor=a123", "finance:read", HttpStatusCode.BadRequest, "invalid_cursor")]
    [InlineData("GET", "/v1/invoices?state=paid", "finance:read", HttpStatusCode.BadRequest, "unknown_parameter")]
    [InlineData("GET", "/v1/invoices/inv_nothing", "finance:read", HttpStatusCode.NotFound, "not_found")]
    [InlineData("POST", "/v1/invoices/inv_nothing/write-off", "finance:read", HttpStatusCode.Forbidden, "scope_required")]
    [InlineData("POST", "/v1/disputes/dsp_nothing/resolution", "finance:read", HttpStatusCode.Forbidden, "scope_required")]
    [InlineData("POST", "/v1/invoices/inv_nothing/lines/usg_nothing/disputes", "bids:write", HttpStatusCode.Forbidden, "scope_required")]
    [InlineData("GET", "/v1/disputes/dsp_nothing", "finance:read", HttpStatusCode.NotFound, "not_found")]
    [InlineData("GET", "/v1/invoices/inv_nothing/refunds", "finance:read", HttpStatusCode.NotFound, "not_found")]
    [InlineData("GET", "/v1/invoices/inv_nothing/credit-notes", "bids:write", HttpStatusCode.Forbidden, "organisation_required")]
    [InlineData("POST", "/v1/invoices/inv_nothing/refunds", "finance:read", HttpStatusCode.Forbidden, "scope_required")]
    [InlineData("POST", "/v1/invoices/inv_nothing/credit-notes", "finance:read", HttpStatusCode.Forbidden, "scope_required")]
    public async Task Requests_without_the_right_are_refused(string method, string path, string scope, HttpStatusCode status, string code)
    {
        await using var host = await ApiHost.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await host.Http(host.StaffToken(scope)).SendAsync(request);
        await response.ProblemAsync(status, code);
    }

    [Fact]
    public async Task Webhooks_that_do_not_verify_change_nothing()
    {
        await using var scene = await Scene.Start();
        var (buyer, _) = await scene.Use();
        await scene.Host.Client(scene.Host.StaffToken(Scopes.FinanceWrite)).StartBillingRunAsync("run-1");
        await scene.Host.WhenIdleAsync();
        var body = await scene.Event("invoice.paid");
        await scene.Refused(body, null, "webhook_signature_invalid");
        await scene.Refused(body, WebhookSignature.Header(body, scene.UnixSeconds, "whsec_other"), "webhook_signature_invalid");
        await scene.Refused(body + " ", WebhookSignature.Header(body, scene.UnixSeconds, "whsec_double"), "webhook_signature_invalid");
        await scene.Refused(body, WebhookSignature.Header(body, scene.UnixSeconds - 301, "whsec_double"), "webhook_signature_stale");
        await scene.Refused("{}", WebhookSignature.Header("{}", scene.UnixSeconds, "whsec_double"), "webhook_malformed");
        await scene.Host.WhenIdleAsync();
        Assert.Equal("open", Assert.Single((await scene.Host.Client(scene.Host.TokenOf(buyer)).ListInvoicesAsync()).Items).Status);
    }

    /// <summary>A host whose payments go through Stripe.net to a double; webhooks are carried by the test.</summary>
    private sealed class Scene : IAsyncDisposable
    {
        private readonly StripeDoubleServer server;
        private readonly SentUsage usage;

        private Scene(ApiHost host, StripeDoubleServer server, SentUsage usage)
        {
            (Host, this.server, this.usage) = (host, server, usage);
            Stripe = new StripeClient(new StripeClientOptions { ApiKey = "sk_test_double", ApiBase = server.BaseUrl.ToString().TrimEnd('/') });
        }

        public ApiHost Host { get; }

        public StripeClient Stripe { get; }

        public long UnixSeconds => Host.Time.Now.ToUnixTimeSeconds();

        public static async Task<Scene> Start()
        {
            var clock = new Testing.Time.VirtualTime(Testing.Time.VirtualTime.Monday);
            var server = await StripeDoubleServer.StartAsync(new StripeDoubleOptions { Clock = clock });
            var options = new StripeOptions
            {
                ApiKey = "sk_test_double", WebhookSecrets = ["whsec_double"], ApiBase = server.BaseUrl, RequestsPerSecond = null,
            };
            var usage = new SentUsage();
            var host = await ApiHost.StartAsync(services => services.AddStripePayments(options).AddSingleton<IUsageRecords>(usage).AddSingleton<IUsageAudit>(usage));
            return new Scene(host, server, usage);
        }

        /// <summary>A buyer used two GPU-hours of a provider at 2.10.</summary>
        public async Task<(OrganisationId Buyer, OrganisationId Provider)> Use()
        {
            var (buyer, provider) = (Host.NewOrganisation(), Host.NewOrganisation());
            await Host.SendAsync(new OrganisationRegistered(buyer, "Buyer", "b@example.com", Provides: false, Buys: true));
            await Host.SendAsync(new OrganisationRegistered(provider, "Provider", "p@example.com", Provides: true, Buys: false));
            await Host.WhenIdleAsync();
            var ids = Host.Services.GetRequiredService<IIdSource>();
            var used = GpuTime.OfGpuHours(2, 1);
            var now = Host.Time.Now;
            var metered = new UsageMetered(
                ids.Next<UsageKind>(), ids.Next<LeaseKind>(), buyer, provider, UnitPrice.OfMicros(2_100_000, Currency.Usd),
                [new HourUsage(HourSlot.Containing(now), used)], used, now - Duration.FromHours(1), now, now);
            usage.Sent.Add(metered);
            await Host.SendAsync(metered);
            await Host.WhenIdleAsync();
            return (buyer, provider);
        }

        /// <summary>The bodies of all events of a type, as the double would send them, newest first.</summary>
        public async Task<IReadOnlyList<string>> Events(string type) =>
            [.. (await Stripe.V1.Events.ListAsync(new EventListOptions { Type = type })).Select(e => e.RawJsonElement!.Value.GetRawText())];

        public async Task<string> Event(string type) => (await Events(type))[0];

        public bool Alter(string line, long amountMinor) => server.AlterInvoiceLine(line, amountMinor);

        public async Task Post(string body)
        {
            using var response = await Send(body, WebhookSignature.Header(body, UnixSeconds, "whsec_double"));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            await Host.WhenIdleAsync();
        }

        public async Task Refused(string body, string? signature, string code)
        {
            using var response = await Send(body, signature);
            await response.ProblemAsync(HttpStatusCode.BadRequest, code);
        }

        public async ValueTask DisposeAsync()
        {
            await Host.DisposeAsync();
            await server.DisposeAsync();
        }

        private async Task<HttpResponseMessage> Send(string body, string? signature)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/webhooks/stripe");
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
            if (signature is not null) request.Headers.Add("Stripe-Signature", signature);
            return await Host.Http().SendAsync(request);
        }
    }
    /// <summary>Stands for metering, whose record a test sends.</summary>
    private sealed class SentUsage : IUsageRecords, IUsageAudit
    {
        public List<UsageMetered> Sent { get; } = [];

        public IAsyncEnumerable<UsageMetered> ListAsync(BillingPeriod period, CancellationToken cancellationToken) =>
            Sent.Where(u => BillingPeriod.Containing(u.MeteredAt).CompareTo(period) == 0).ToAsyncEnumerable();

        public IAsyncEnumerable<UsageAudit> AuditAsync(BillingPeriod period, CancellationToken cancellationToken) =>
            ListAsync(period, cancellationToken).Select(u => new UsageAudit(u, u.Total, u.Hours, true));
    }
}
