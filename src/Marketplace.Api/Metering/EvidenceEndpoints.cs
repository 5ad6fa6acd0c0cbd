using System.Text;
using Marketplace.Api.Answers;
using Marketplace.Api.Auth;
using Marketplace.Api.OpenApi;
using Marketplace.Api.Problems;
using Marketplace.Billing.Lists;
using Marketplace.Client.Models;
using Marketplace.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketplace.Api.Metering;

/// <summary>The evidence of invoice lines.</summary>
internal static class EvidenceEndpoints
{
    private const string Csv = "text/csv";

    public static void MapEvidence(this IEndpointRouteBuilder v1)
    {
        var group = v1.MapGroup("/invoices/{invoiceId}/lines/{usageId}").WithTags("Usage").RequireToken();
        group.MapGet("/evidence", ReadAsync)
            .Operates("getEvidence", "Shows an invoice's buyer, a line's provider and finance which readings, batches and rules made a line; with 'Accept: text/csv' as CSV.")
            .Answers<EvidenceModel>()
            .Refuses(ProblemTypes.NotFound);
        group.MapGet("/evidence.csv", ReadCsvAsync)
            .Operates("getEvidenceCsv", "The evidence of an invoice line as CSV: every second of the lease once, with its rule, reading and batch.")
            .Produces<string>(StatusCodes.Status200OK, Csv)
            .Refuses(ProblemTypes.NotFound);
    }

    private static async Task<IResult> ReadAsync(
        string invoiceId, string usageId, HttpRequest request, Caller caller, BillingReads billing, IUsageEvidence evidence, CancellationToken cancellationToken)
    {
        if (request.GetTypedHeaders().Accept.Any(a => a.MediaType == Csv))
        {
            return await ReadCsvAsync(invoiceId, usageId, caller, billing, evidence, cancellationToken);
        }

        var found = await FindAsync(invoiceId, usageId, caller, billing, evidence, cancellationToken);
        return found is null ? Answer.NotFound() : Answer.Ok(EvidenceModels.ToModel(found));
    }

    private static async Task<IResult> ReadCsvAsync(
        string invoiceId, string usageId, Caller caller, BillingReads billing, IUsageEvidence evidence, CancellationToken cancellationToken)
    {
        var found = await FindAsync(invoiceId, usageId, caller, billing, evidence, cancellationToken);
        return found is null ? Answer.NotFound() : Results.Text(EvidenceModels.ToCsv(found), Csv, Encoding.UTF8);
    }

    private static async Task<UsageEvidence?> FindAsync(
        string invoiceId, string usageId, Caller caller, BillingReads billing, IUsageEvidence evidence, CancellationToken cancellationToken)
    {
        if (!InvoiceId.TryParse(invoiceId, out var id) || !UsageId.TryParse(usageId, out var usage)) return null;
        var invoice = await billing.FindInvoiceAsync(null, id, cancellationToken);
        if (invoice?.Lines.FirstOrDefault(l => l.UsageId == usage) is not { } line) return null;
        var mayRead = caller.Has(Scopes.FinanceRead) || caller.OrganisationId == invoice.Buyer || caller.OrganisationId == line.Provider;
        return mayRead ? await evidence.FindAsync(line.LeaseId, usage, cancellationToken) : null;
    }
}
