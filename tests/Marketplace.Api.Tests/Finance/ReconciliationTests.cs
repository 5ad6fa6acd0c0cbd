using System.Net;
using Marketplace.Api.Auth;
using Marketplace.Client;
using Marketplace.Contracts;
using Marketplace.Testing.Time;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Marketplace.Api.Tests.Finance;

public sealed class ReconciliationTests : IAsyncLifetime
{
    private ApiHost host = null!;

    public async ValueTask InitializeAsync()
    {
        host = await ApiHost.StartAsync(WithStrayTransfer);
    }

    /// <summary>A payment service that made one transfer which nobody ordered.</summary>
    internal static void WithStrayTransfer(IServiceCollection services) => services.AddSingleton<IPaymentRecords, OneStrayTransfer>();

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task Finance_reconciles_a_month_and_reads_it_as_json_and_csv()
    {
        var finance = host.Client(host.StaffToken(Scopes.FinanceRead, Scopes.FinanceWrite));
        var made = await finance.RunReconciliationAsync("2026-11", "a");
        var difference = Assert.Single(made.Differences!);
        Assert.Equal(("unknownTransfer", "tr_1", "12.34"), (difference.Kind, difference.Found!.Id, difference.Found.Amount.Amount));
        Assert.Equal(("2026-11", 1, false), (made.Period, made.DifferenceCount, made.IsPeriodOver));
        Assert.Equal("transfers", Assert.Single(made.Totals).Figure);

        var again = await finance.RunReconciliationAsync("2026-11", "a");
        var other = await finance.RunReconciliationAsync("2026-10", "b");
        Assert.Equal(made.ReconciliationId, again.ReconciliationId);
        Assert.Equal((0, true), (other.DifferenceCount, other.IsPeriodOver));
        var listed = await finance.ListReconciliationsAsync(1);
        var rest = await finance.ListReconciliationsAsync(1, listed.NextCursor);
        Assert.Equal([other.ReconciliationId, made.ReconciliationId], listed.Items.Concat(rest.Items).Select(r => r.ReconciliationId));

        var csv = await finance.GetDifferencesCsvAsync(made.ReconciliationId);
        Assert.Contains("UnknownTransfer,tr_1,,,,,Transfer,tr_1,12.34,USD,", csv, StringComparison.Ordinal);
        using var asCsv = new HttpRequestMessage(HttpMethod.Get, $"/v1/reconciliations/{made.ReconciliationId}") { Headers = { { "Accept", "text/csv" } } };
        using var response = await host.Http(host.StaffToken()).SendAsync(asCsv);
        Assert.Equal("text/csv", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(csv, await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_bad_request_makes_no_report()
    {
        (string Body, int Status, string Code)[] bad =
        [
            ("""{"period":"2026-13"}""", 400, "invalid_fields"),
            ("""{"period":null}""", 400, "invalid_fields"),
            ("""{}""", 400, "invalid_fields"),
            ("""{"period":202611}""", 400, "malformed_json"),
            ("""{"period":"2026-11","currency":"USD"}""", 400, "malformed_json"),
            ("""{"period":"2026-12"}""", 422, "period_not_begun"),
        ];
        foreach (var (body, status, code) in bad)
        {
            using var response = await host.Http(host.StaffToken()).SendAsync(Answers.Post("/v1/reconciliations", "a", Answers.Json(body)));
            await response.ProblemAsync((HttpStatusCode)status, code);
        }

        Assert.Empty((await host.Client(host.StaffToken()).ListReconciliationsAsync()).Items);
    }

    [Fact]
    public async Task A_key_used_for_another_month_is_refused()
    {
        var finance = host.Client(host.StaffToken());
        await finance.RunReconciliationAsync("2026-11", "a");
        var refused = await Assert.ThrowsAsync<ProblemException>(() => finance.RunReconciliationAsync("2026-10", "a"));
        Assert.Equal("idempotency_key_reused", refused.Code);
    }

    [Fact]
    public async Task Only_finance_reconciles()
    {
        using var reader = await host.Http(host.StaffToken(Scopes.FinanceRead)).SendAsync(Answers.Post("/v1/reconciliations", "a", Answers.Json("""{"period":"2026-11"}""")));
        await reader.ProblemAsync(HttpStatusCode.Forbidden, "scope_required");
        using var organisation = await host.Http(host.TokenOf(host.NewOrganisation())).GetAsync("/v1/reconciliations");
        await organisation.ProblemAsync(HttpStatusCode.Forbidden, "scope_required");
        using var absent = await host.Http(host.StaffToken()).GetAsync("/v1/reconciliations/rec_01JABCDEFGHJKMNPQRSTVWXYZ0/differences.csv");
        await absent.ProblemAsync(HttpStatusCode.NotFound, "not_found");
    }

    /// <summary>A payment service that made one transfer which nobody ordered.</summary>
    private sealed class OneStrayTransfer : IPaymentRecords
    {
        public Task<BookedInvoice?> FindInvoiceAsync(InvoiceId invoice, CancellationToken cancellationToken) => Task.FromResult<BookedInvoice?>(null);

        public IAsyncEnumerable<RatedCharge> ListChargesAsync(BillingPeriod period, CancellationToken cancellationToken) => AsyncEnumerable.Empty<RatedCharge>();

        public IAsyncEnumerable<ExternalInvoiceLine> ListInvoiceLinesAsync(BillingPeriod period, CancellationToken cancellationToken) =>
            AsyncEnumerable.Empty<ExternalInvoiceLine>();

        public IAsyncEnumerable<ExternalPayment> ListPaymentsAsync(BillingPeriod period, CancellationToken cancellationToken) =>
            AsyncEnumerable.Empty<ExternalPayment>();

        public IAsyncEnumerable<ExternalTransfer> ListTransfersAsync(BillingPeriod period, CancellationToken cancellationToken)
        {
            ExternalTransfer[] all = [new("tr_1", null, Money.OfMinor(1234, Currency.Usd), VirtualTime.Monday)];
            return all.Where(t => BillingPeriod.Containing(t.CreatedAt) == period).ToAsyncEnumerable();
        }
    }
}
