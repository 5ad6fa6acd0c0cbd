using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Marketplace.Client;
using Marketplace.Client.Models;
using Marketplace.Client.Tokens;
using Marketplace.Contracts;
using Marketplace.Runtime.Time;
using Marketplace.Stripe;
using Marketplace.StripeDouble;
using Marketplace.StripeDouble.Webhooks;
using Marketplace.Testing.Time;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using NodaTime.Text;
using Stripe;

namespace Marketplace.Api.Tests.Finance;

/// <summary>Metering, billing, ledger and finance together, against the payment service's double: do they mean the same by their records?</summary>
public sealed class MoneyPathTests : IMachineKeys, IAsyncLifetime
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private ApiHost host = null!;
    private StripeDoubleServer server = null!;
    private StripeClient stripe = null!;
    private MachineId machine;
    private EnrolmentId keyId;
    private OrganisationId buyer;
    private OrganisationId provider;

    public async ValueTask InitializeAsync()
    {
        server = await StripeDoubleServer.StartAsync(new StripeDoubleOptions { Clock = new VirtualTime(VirtualTime.Monday) });
        stripe = new StripeClient(new StripeClientOptions { ApiKey = "sk_test_double", ApiBase = server.BaseUrl.ToString().TrimEnd('/') });
        var options = new StripeOptions
        {
            ApiKey = "sk_test_double", WebhookSecrets = ["whsec_double"], ApiBase = server.BaseUrl, RequestsPerSecond = null,
            TestPaymentMethod = "pm_card_visa",
        };
        host = await ApiHost.StartAsync(services => services.AddStripePayments(options).AddSingleton<IMachineKeys>(this));
        var ids = host.Services.GetRequiredService<IIdSource>();
        (machine, keyId, buyer, provider) = (ids.Next<MachineKind>(), ids.Next<EnrolmentKind>(), host.NewOrganisation(), host.NewOrganisation());
        await host.SendAsync(new OrganisationRegistered(buyer, "Buyer", "b@example.com", Provides: false, Buys: true));
        await host.SendAsync(new OrganisationRegistered(provider, "Provider", "p@example.com", Provides: true, Buys: false));
        await host.WhenIdleAsync();
        await host.WhenIdleAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        await server.DisposeAsync();
        key.Dispose();
    }

    public ValueTask<MachineKey?> FindAsync(EnrolmentId id, CancellationToken cancellationToken) => ValueTask.FromResult(
        id == keyId ? new MachineKey(id, machine, provider, key.ExportSubjectPublicKeyInfo(), IsRevoked: false) : null);

    [Fact]
    public async Task The_month_is_exported_as_csv_and_parquet_and_adds_up_to_the_invoice()
    {
        var finance = host.Client(host.StaffToken());
        await UseAsync("2.10", gpuSeconds: 3_601);
        await finance.StartBillingRunAsync("run-1");
        await host.WhenIdleAsync();
        await UseAsync("1.00", gpuSeconds: 7_200);
        var invoice = Assert.Single((await finance.ListInvoicesAsync()).Items);
        var rows = await CsvAsync(finance, "costAndUsage");
        Assert.Equal(invoice.Total.Amount, rows.Where(r => r["InvoiceId"] == invoice.InvoiceId).Sum(r => decimal.Parse(r["BilledCost"], CultureInfo.InvariantCulture)).ToString(CultureInfo.InvariantCulture));
        Assert.Equal(2.00m, rows.Where(r => r["InvoiceId"].Length == 0).Sum(r => decimal.Parse(r["BilledCost"], CultureInfo.InvariantCulture)));
        Assert.All(await CsvAsync(finance, "invoiceDetail"), r => Assert.Equal((invoice.InvoiceId, "Issued"), (r["InvoiceId"], r["InvoiceIssueStatus"])));
        Assert.Equal("Open", Assert.Single(await CsvAsync(finance, "billingPeriod"))["BillingPeriodStatus"]);
        using var parquet = new MemoryStream();
        await finance.ExportFocusAsync("2026-11", "costAndUsage", "parquet", parquet);
        Assert.Equal("PAR1"u8, parquet.ToArray().AsSpan(^4..));
        Assert.Equal("invalid_fields", (await Assert.ThrowsAsync<ProblemException>(() => finance.ExportFocusAsync("2026-11", "costAndUsage", "xml", parquet))).Code);
        Assert.Equal("not_found", (await Assert.ThrowsAsync<ProblemException>(() => finance.ExportFocusAsync("2026-11", "costs", "csv", parquet))).Code);
    }

    [Fact]
    public async Task Use_that_is_metered_after_its_month_was_closed_is_a_correction_in_the_open_one()
    {
        var finance = host.Client(host.StaffToken());
        await UseAsync("2.10", gpuSeconds: 3_601);
        var start = HourSlot.Containing(host.Time.Now).Start;
        await host.AdvanceAsync(BillingPeriod.Containing(start).End - host.Time.Now + Duration.FromHours(1));
        var closed = await finance.ClosePeriodAsync("2026-11", "close");
        var accrued = Assert.Single(closed.Accrued);
        Assert.Equal(("2.10", 1, 1), (accrued.Amount.Amount, accrued.BuyerCount, accrued.ChargeCount));
        await host.WhenIdleAsync();
        var entries = (await finance.ListLedgerEntriesAsync("USD")).Items.Where(e => e.Reason is "accrual" or "accrualReversed").ToList();
        Assert.Equal(["accrual", "accrualReversed"], entries.Select(e => e.Reason).Order());

        // A lease of the closed month whose readings come only now.
        var lease = host.Services.GetRequiredService<IIdSource>().Next<LeaseKind>();
        Assert.True(UnitPrice.TryParse("1.00", Currency.Usd, out var price));
        await host.SendAsync(new LeaseReady(lease, buyer, provider, machine, 1, HourWindow.Starting(HourSlot.Containing(start), 2), price, start));
        await host.WhenIdleAsync();
        SignedReading reading = new(1, At(start), At(start + Duration.FromHours(2)), 7_200, "serving");
        await host.Client(MachineToken.Create(key, keyId, TimeProvider.System)).SubmitReadingsAsync(lease, keyId, key, ReadingBatchFormat.NoBatch, [reading]);
        await host.SendAsync(new LeaseStopped(lease, LeaseEnding.Completed, start + Duration.FromHours(2), null));
        await host.WhenIdleAsync();
        await host.AdvanceAsync(Duration.FromMinutes(10));

        Assert.Empty((await finance.RunReconciliationAsync("2026-11", "again")).Differences!);
        var open = await finance.RunReconciliationAsync("2026-12", "open");
        Assert.Empty(open.Differences!);
        Assert.Equal("2.00", Amount(open, "charges"));
        var corrections = (await CsvAsync(finance, "costAndUsage", "2026-12")).Where(r => r["ChargeClass"] == "Correction").ToList();
        Assert.Equal(2.00m, corrections.Sum(r => decimal.Parse(r["BilledCost"], CultureInfo.InvariantCulture)));
        Assert.All(corrections, r => Assert.StartsWith("2026-11", r["ChargePeriodStart"], StringComparison.Ordinal));
        Assert.All(corrections, r => Assert.StartsWith("2026-12", r["BillingPeriodStart"], StringComparison.Ordinal));
        Assert.Equal("Closed", Assert.Single(await CsvAsync(finance, "billingPeriod"))["BillingPeriodStatus"]);
    }

    private static async Task<List<Dictionary<string, string>>> CsvAsync(MarketplaceClient finance, string dataset, string period = "2026-11")
    {
        using var target = new MemoryStream();
        await finance.ExportFocusAsync(period, dataset, "csv", target);
        var lines = System.Text.Encoding.UTF8.GetString(target.ToArray()).Split("\r\n")[..^1];
        var names = lines[0].Split(',');
        return [.. lines.Skip(1).Select(line => names.Zip(SplitCsv(line)).ToDictionary(cell => cell.First, cell => cell.Second))];
    }

    private static IEnumerable<string> SplitCsv(string line) =>
        System.Text.RegularExpressions.Regex.Matches(line, "(?:^|,)(?:\"((?:[^\"]|\"\")*)\"|([^,]*))").Select(m => m.Groups[1].Success ? m.Groups[1].Value : m.Groups[2].Value);

    [Fact]
    public async Task From_readings_to_payout_all_records_agree_and_one_altered_line_is_one_difference()
    {
        var finance = host.Client(host.StaffToken());
        await UseAsync("2.10", gpuSeconds: 3_601);
        await UseAsync("0.333333", gpuSeconds: 5_000);
        await finance.StartBillingRunAsync("run-1");
        await host.WhenIdleAsync();
        await ReportPaidAsync();
        await finance.StartPayoutRunAsync("run-1");
        await UseAsync("1.00", gpuSeconds: 7_200);

        var before = await finance.RunReconciliationAsync("2026-11", "before");
        Assert.Empty(before.Differences!);
        Assert.Equal("4.56", Amount(before, "usage")); // 2.10 and 0.46 and 2.00
        Assert.Equal(Amount(before, "usage"), Amount(before, "charges"));
        Assert.Equal(Amount(before, "usage"), Amount(before, "entries"));
        Assert.Equal(("2.56", "2.56", "2.00"), (Amount(before, "invoiceLines"), Amount(before, "payments"), Amount(before, "notYetInvoiced")));
        var check = await finance.CheckJournalAsync("USD");
        Assert.Equal((true, "0.00"), (check.IsSound, check.Sum.Amount));

        var invoice = Assert.Single(await stripe.V1.Invoices.ListAsync());
        var line = invoice.Lines.Data[0];
        Assert.True(server.AlterInvoiceLine(line.Id, line.Amount + 1));
        var after = await finance.RunReconciliationAsync("2026-11", "after");
        var difference = Assert.Single(after.Differences!);
        Assert.Equal(("amountDiffers", "invoiceLine", line.Id), (difference.Kind, difference.Found!.Stage, difference.Found.Id));
    }

    [Fact]
    public async Task Credit_pays_first_and_all_records_of_it_agree_and_a_payment_in_advance_that_nobody_booked_is_one_difference()
    {
        var finance = host.Client(host.StaffToken());
        var own = host.Client(host.TokenOf(buyer));
        var topUp = await own.TopUpAsync(new TopUpRequest(new MoneyModel("10.00", "USD")), "top-up-1");
        Assert.Equal("pending", topUp.Status);
        Assert.Equal(topUp.TopUpId, (await own.TopUpAsync(new TopUpRequest(new MoneyModel("10.00", "USD")), "top-up-1")).TopUpId);
        await host.WhenIdleAsync();
        Assert.Equal(("paid", "10.00"), ((await own.GetTopUpAsync(topUp.TopUpId)).Status, (await own.GetTopUpAsync(topUp.TopUpId)).Unused.Amount));
        Assert.Equal("10.00", (await own.GetCreditAsync()).Currencies.Single(c => c.Prepaid.Currency == "USD").Prepaid.Amount);

        await UseAsync("6.30", gpuSeconds: 7_200);
        await finance.StartBillingRunAsync("run-1");
        await host.WhenIdleAsync();
        await ReportPaidAsync();
        var invoice = Assert.Single((await own.ListInvoicesAsync()).Items);
        Assert.Equal(("paid", "12.60", "10.00"), (invoice.Status, invoice.Due.Amount, invoice.Prepaid.Amount));
        Assert.Equal("0.00", (await own.GetTopUpAsync(topUp.TopUpId)).Unused.Amount);

        // A part of it is taken back: to the credit. A part of that goes to the card.
        var refund = await finance.RefundInvoiceAsync(
            invoice.InvoiceId, new CreditRequest("because", [new LineCreditRequest((await own.GetInvoiceAsync(invoice.InvoiceId)).Lines![0].UsageId, new MoneyModel("4.00", "USD"))]), "refund-1");
        await host.WhenIdleAsync();
        Assert.Equal("4.00", refund.ToPrepaid!.Amount);
        var back = await own.RefundTopUpAsync(topUp.TopUpId, new TopUpRefundRequest(new MoneyModel("1.50", "USD")), "back-1");
        await host.WhenIdleAsync();
        topUp = Assert.Single((await own.ListTopUpsAsync()).Items);
        Assert.Equal(("2.50", "made", back.RefundId), (topUp.Unused.Amount, Assert.Single(topUp.Refunds).Status, topUp.Refunds[0].RefundId));

        // The statement shows each step; the cost export knows of none of it, for how an invoice is paid is no cost.
        var statement = await own.GetLedgerStatementAsync($"buyerPrepaid:{buyer}", "USD");
        Assert.Equal(["prepaidRefundOrdered", "prepaidRestored", "prepaidUsed", "prepaidToppedUp"], statement.Items.Select(line => line.Reason));
        var rows = await CsvAsync(finance, "costAndUsage");
        Assert.Equal(12.60m, rows.Where(r => r["InvoiceId"] == invoice.InvoiceId).Sum(r => decimal.Parse(r["BilledCost"], CultureInfo.InvariantCulture)));
        Assert.Equal(8.60m, rows.Sum(r => decimal.Parse(r["BilledCost"], CultureInfo.InvariantCulture)));

        var report = await finance.RunReconciliationAsync("2026-11", "before");
        Assert.Empty(report.Differences!);
        Assert.Equal(("10.00", "10.00", "12.60"), (Amount(report, "topUps"), Amount(report, "prepaidUses"), Amount(report, "payments")));
        Assert.Equal((true, "0.00"), ((await finance.CheckJournalAsync("USD")).IsSound, (await finance.CheckJournalAsync("USD")).Sum.Amount));

        // Somebody charges the customer at the payment service by hand, under the id of a top-up that is not there.
        var customer = Assert.Single(await stripe.V1.Customers.ListAsync()).Id;
        var stray = await stripe.V1.PaymentIntents.CreateAsync(new PaymentIntentCreateOptions
        {
            Amount = 500, Currency = "usd", Customer = customer,
            Metadata = new() { ["top_up"] = host.Services.GetRequiredService<IIdSource>().Next<TopUpKind>().ToString() },
        });
        await stripe.V1.PaymentIntents.ConfirmAsync(stray.Id, new PaymentIntentConfirmOptions { PaymentMethod = "pm_card_visa" });
        Assert.Equal("unmatchedPayment", Assert.Single((await finance.RunReconciliationAsync("2026-11", "after")).Differences!).Kind);
    }

    /// <summary>A lease of the next two hours on one GPU, of which the machine reports some seconds, twice.</summary>
    private async Task UseAsync(string perGpuHour, int gpuSeconds)
    {
        await host.AdvanceAsync(HourSlot.Containing(host.Time.Now).End - host.Time.Now);
        var start = host.Time.Now;
        var lease = host.Services.GetRequiredService<IIdSource>().Next<LeaseKind>();
        Assert.True(UnitPrice.TryParse(perGpuHour, Currency.Usd, out var price));
        await host.SendAsync(new LeaseReady(lease, buyer, provider, machine, 1, HourWindow.Starting(HourSlot.Containing(start), 2), price, start));
        await host.AdvanceAsync(Duration.FromHours(2));
        SignedReading reading = new(1, At(start), At(start + Duration.FromSeconds(gpuSeconds)), gpuSeconds, "serving");
        await host.Client(MachineToken.Create(key, keyId, TimeProvider.System))
            .SubmitReadingsAsync(lease, keyId, key, ReadingBatchFormat.NoBatch, [reading, reading]);
        await host.SendAsync(new LeaseStopped(lease, LeaseEnding.Completed, host.Time.Now, null));
        await host.WhenIdleAsync();
        await host.AdvanceAsync(Duration.FromMinutes(10));
    }

    /// <summary>Carries the double's report of payment to the webhook.</summary>
    private async Task ReportPaidAsync()
    {
        var events = await stripe.V1.Events.ListAsync(new EventListOptions { Type = "invoice.paid", Limit = 1 });
        var body = events.Data.Single().RawJsonElement!.Value.GetRawText();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/webhooks/stripe") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("Stripe-Signature", WebhookSignature.Header(body, host.Time.Now.ToUnixTimeSeconds(), "whsec_double"));
        using var response = await host.Http().SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await host.WhenIdleAsync();
    }

    private static string Amount(ReconciliationModel report, string figure) => report.Totals.Single(t => t.Figure == figure).Amount.Amount!;

    private static string At(Instant instant) => InstantPattern.General.Format(instant);
}
