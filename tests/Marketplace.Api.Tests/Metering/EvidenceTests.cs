using System.Net;
using Marketplace.Api.Auth;
using Marketplace.Client.Models;

namespace Marketplace.Api.Tests.Metering;

public sealed class EvidenceTests
{
    [Fact]
    public async Task Buyer_provider_and_finance_see_which_readings_and_rules_made_an_invoice_line()
    {
        await using var scene = await MeteredLeaseScene.StartAsync();
        await scene.SendAsync(MeteredLeaseScene.Reading(1, 0, 3600), MeteredLeaseScene.Reading(1, 0, 3599));
        await scene.SendAsync(MeteredLeaseScene.Reading(2, 3630, 7000));
        await scene.StopAndCloseAsync();
        var invoice = await scene.InvoiceAsync();
        var line = Assert.Single(invoice.Lines!);
        var host = scene.Host;
        foreach (var token in (string[])[host.TokenOf(scene.Lease.Buyer), host.TokenOf(scene.Lease.Provider), host.StaffToken(Scopes.FinanceRead)])
        {
            var evidence = await host.Client(token).GetEvidenceAsync(invoice.InvoiceId, line.UsageId);
            Assert.Equal((14_000, 14_000, line.GpuSeconds), (evidence.GpuSeconds, evidence.RecomputedGpuSeconds, evidence.GpuSeconds));
            Assert.Equal(
                [("metered", 6970, 13_940, 0), ("gapFilled", 30, 60, 0), ("afterLastReading", 200, 0, 400)],
                evidence.Rules.Select(r => (r.Rule, (int)r.Seconds, (int)r.GpuSeconds, (int)r.NotBilledGpuSeconds)));
            Assert.Equal([(1L, 1L), (null, null), (2L, 2L), (null, null)], evidence.Segments.Select(s => (s.Sequence, s.Batch)));
            Assert.Equal([(1, "accepted"), (1, "conflicting"), (2, "accepted")], evidence.Readings.Select(r => ((int)r.Batch, r.Outcome)));
            Assert.All(evidence.Batches, b => Assert.True(b.SignatureValid));
        }
    }

    [Fact]
    public async Task The_csv_has_a_row_for_each_stretch_and_sums_to_the_line()
    {
        await using var scene = await MeteredLeaseScene.StartAsync();
        await scene.SendAsync(MeteredLeaseScene.Reading(1, 0, 3600), MeteredLeaseScene.Reading(2, 3630, 7000));
        await scene.StopAndCloseAsync();
        var invoice = await scene.InvoiceAsync();
        var usage = invoice.Lines![0].UsageId;
        var csv = await scene.Buyer.GetEvidenceCsvAsync(invoice.InvoiceId, usage);
        var rows = csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(r => r.Split(',')).ToList();
        Assert.All(rows, r => Assert.Equal(16, r.Length));
        Assert.Equal("usageId", rows[0][0]);
        Assert.Equal(["metered", "gapFilled", "metered", "afterLastReading"], rows.Skip(1).Select(r => r[5]));
        Assert.Equal(14_000, rows.Skip(1).Sum(r => long.Parse(r[6], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(["2", "2026-11-02T09:00:30Z", "2026-11-02T09:56:40Z", "6740", "1"], rows[3][8..13]);

        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/invoices/{invoice.InvoiceId}/lines/{usage}/evidence");
        request.Headers.Accept.ParseAdd("text/csv");
        using var response = await scene.Host.Http(scene.Host.TokenOf(scene.Lease.Buyer)).SendAsync(request);
        Assert.Equal(csv, await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Others_and_other_lines_find_nothing()
    {
        await using var scene = await MeteredLeaseScene.StartAsync();
        await scene.SendAsync(MeteredLeaseScene.Reading(1, 0, 3600));
        await scene.StopAndCloseAsync();
        var (host, invoice) = (scene.Host, await scene.InvoiceAsync());
        var (buyer, usage) = (host.TokenOf(scene.Lease.Buyer), invoice.Lines![0].UsageId);
        (string Token, string Invoice, string Usage)[] asked =
        [
            (host.TokenOf(host.NewOrganisation()), invoice.InvoiceId, usage),
            (host.StaffToken(Scopes.Operator), invoice.InvoiceId, usage),
            (buyer, invoice.InvoiceId, "usg_01JABCDEFGHJKMNPQRSTVWXYZ0"),
            (buyer, "inv_01JABCDEFGHJKMNPQRSTVWXYZ0", usage),
            (buyer, "nothing", usage),
        ];
        foreach (var (token, invoiceId, usageId) in asked)
        {
            foreach (var form in (string[])["evidence", "evidence.csv"])
            {
                using var response = await host.Http(token).GetAsync($"/v1/invoices/{invoiceId}/lines/{usageId}/{form}");
                await response.ProblemAsync(HttpStatusCode.NotFound, "not_found");
            }
        }

        using var nobody = await host.Http().GetAsync($"/v1/invoices/{invoice.InvoiceId}/lines/{usage}/evidence");
        await nobody.ProblemAsync(HttpStatusCode.Unauthorized, "token_required");
    }
}
