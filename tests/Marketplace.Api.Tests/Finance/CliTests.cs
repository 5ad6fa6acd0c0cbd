using System.Text.Json;
using Marketplace.Api.Auth;
using Marketplace.Cli;
using NodaTime;

namespace Marketplace.Api.Tests.Finance;

/// <summary>The command line against a host in which one transfer is for nothing of ours.</summary>
public sealed class CliTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("marketplace-cli").FullName;
    private ApiHost host = null!;

    public async ValueTask InitializeAsync() => host = await ApiHost.StartAsync(ReconciliationTests.WithStrayTransfer);

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Reconcile_shows_what_is_open_and_says_so_with_its_exit_code()
    {
        var csv = Path.Combine(folder, "differences.csv");
        var (code, output, _) = await RunAsync("finance", "reconcile", "--period", "2026-11", "--csv", csv);
        Assert.Equal(ExitCodes.DifferencesOpen, code);
        Assert.Contains("Differences: 1, of them open: 1.", output, StringComparison.Ordinal);
        Assert.Contains("unknownTransfer", output, StringComparison.Ordinal);
        Assert.Contains("Reverse the transfer unless a payout stands behind it.", output, StringComparison.Ordinal);
        Assert.Contains("UnknownTransfer,tr_1", await File.ReadAllTextAsync(csv), StringComparison.Ordinal);
        (code, output, _) = await RunAsync("finance", "reconcile", "--period", "2026-10");
        Assert.Equal(ExitCodes.Done, code);
        Assert.Contains("No differences.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_month_is_reconciled_resolved_and_closed_by_a_script()
    {
        host.Time.Advance(Duration.FromDays(31));
        var (code, _, error) = await RunAsync("finance", "close", "--period", "2026-11");
        Assert.Equal(ExitCodes.DifferencesOpen, code);
        Assert.StartsWith("409 differences_open", error, StringComparison.Ordinal);

        (code, var output, _) = await RunAsync("finance", "reconcile", "--period", "2026-11", "--json");
        Assert.Equal(ExitCodes.DifferencesOpen, code);
        using var made = JsonDocument.Parse(output);
        var difference = made.RootElement.GetProperty("differences")[0].GetProperty("differenceId").GetString()!;
        (code, output, _) = await RunAsync(
            "finance", "resolve", "--reconciliation", made.RootElement.GetProperty("reconciliationId").GetString()!, "--difference", difference, "--reason", "Sent by hand");
        Assert.Equal((ExitCodes.Done, "unknownTransfer of tr_1 is resolved."), (code, output.Trim()));
        (code, output, _) = await RunAsync("finance", "reconcile", "--period", "2026-11");
        Assert.Equal(ExitCodes.Done, code);
        Assert.Contains("Sent by hand", output, StringComparison.Ordinal);

        (code, output, _) = await RunAsync("finance", "close", "--period", "2026-11", "--json");
        Assert.Equal(ExitCodes.Done, code);
        using var closed = JsonDocument.Parse(output);
        Assert.Equal(1, closed.RootElement.GetProperty("resolvedCount").GetInt32());
        Assert.Equal(ExitCodes.Done, (await RunAsync("finance", "close", "--period", "2026-11")).Code);
    }

    [Fact]
    public async Task A_call_that_is_repeated_is_the_same_request()
    {
        string[] named = ["finance", "reconcile", "--period", "2026-11", "--request", "monthly-1", "--json"];
        var (first, again, other) = (await RunAsync(named), await RunAsync(named), await RunAsync("finance", "reconcile", "--period", "2026-11", "--json"));
        Assert.Equal(first.Output, again.Output);
        var (made, makes) = (Text(first.Output, "reconciliationId"), Text(other.Output, "reconciliationId"));
        Assert.NotEqual(made, makes);

        using var listed = JsonDocument.Parse(first.Output);
        var difference = listed.RootElement.GetProperty("differences")[0].GetProperty("differenceId").GetString()!;
        string[] resolve = ["finance", "resolve", "--reconciliation", made, "--difference", difference, "--reason", "Sent by hand"];
        Assert.Equal((ExitCodes.Done, ExitCodes.Done), ((await RunAsync(resolve)).Code, (await RunAsync(resolve)).Code));
        var (code, _, error) = await RunAsync([.. resolve[..^1], "Sent by somebody else"]);
        Assert.Equal(ExitCodes.Fault, code);
        Assert.StartsWith("409 difference_resolved_already", error, StringComparison.Ordinal);

        static string Text(string json, string name)
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.GetProperty(name).GetString()!;
        }
    }

    [Fact]
    public async Task A_run_whose_answer_is_lost_can_be_asked_for_again()
    {
        var error = new StringWriter();
        var code = await MarketplaceCli.RunAsync(
            ["finance", "reconcile", "--period", "2026-11", "--token", host.StaffToken()], TextWriter.Null, error, _ => new HttpClient(new Cut()) { BaseAddress = new Uri("http://127.0.0.1") }, default);
        Assert.Equal(ExitCodes.Fault, code);
        Assert.Matches("--request [0-9a-f]{32}", error.ToString());
    }

    [Fact]
    public async Task Export_writes_a_whole_file()
    {
        var file = Path.Combine(folder, "periods.csv");
        var (code, _, _) = await RunAsync("finance", "export", "--period", "2026-11", "--dataset", "billingPeriod", "--out", file);
        Assert.Equal(ExitCodes.Done, code);
        Assert.Equal("BillingPeriodCreated,BillingPeriodEnd,BillingPeriodLastUpdated,BillingPeriodStart,BillingPeriodStatus,InvoiceIssuerName", (await File.ReadAllLinesAsync(file))[0]);
        Assert.Equal([file], Directory.GetFiles(folder));
    }

    [Theory]
    [InlineData("finance", "reconcile")]
    [InlineData("finance", "reconcile", "--period", "2026-13")]
    [InlineData("finance", "close", "--period", "2026-11", "--api", "ftp://nowhere")]
    [InlineData("finance", "export", "--period", "2026-11", "--format", "xml")]
    [InlineData("finance", "reconcile", "--period", "2026-11", "--request", "not a name")]
    [InlineData("finance", "dance")]
    public async Task Wrong_arguments_ask_nothing_of_the_server(params string[] args)
    {
        var error = new StringWriter();
        var code = await MarketplaceCli.RunAsync(args, TextWriter.Null, error, _ => throw new InvalidOperationException("A server was asked."), default);
        Assert.Equal(ExitCodes.Usage, code);
        Assert.NotEmpty(error.ToString());
    }

    [Fact]
    public async Task A_refusal_is_told_with_its_code()
    {
        var error = new StringWriter();
        var code = await MarketplaceCli.RunAsync(
            ["finance", "reconcile", "--period", "2026-11", "--token", host.StaffToken(Scopes.FinanceRead)], TextWriter.Null, error, _ => host.Http(), default);
        Assert.Equal(ExitCodes.Fault, code);
        Assert.StartsWith("403 scope_required: ", error.ToString(), StringComparison.Ordinal);
    }

    /// <summary>A line that is cut before the answer comes.</summary>
    private sealed class Cut : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new HttpRequestException("The line was cut.");
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await MarketplaceCli.RunAsync([.. args, "--token", host.StaffToken()], output, error, _ => host.Http(), default);
        return (code, output.ToString(), error.ToString());
    }
}
