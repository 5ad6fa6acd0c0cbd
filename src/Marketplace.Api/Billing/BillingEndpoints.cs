using System.Text;
using Marketplace.Api.Answers;
using Marketplace.Api.Auth;
using Marketplace.Api.OpenApi;
using Marketplace.Api.Problems;
using Marketplace.Api.Requests;
using Marketplace.Billing.Lists;
using Marketplace.Billing.Payments;
using Marketplace.Billing.ReceiveWebhook;
using Marketplace.Billing.StartRun;
using Marketplace.Client.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketplace.Api.Billing;

/// <summary>Runs, invoices, payouts and the payment service's webhooks.</summary>
internal static class BillingEndpoints
{
    public static void MapBilling(this IEndpointRouteBuilder v1)
    {
        var runs = v1.MapGroup("").WithTags("Billing").RequireScope(Scopes.FinanceWrite);
        runs.MapPost("/billing-runs", (RequestKey key, StartRunHandler start, CancellationToken token) => StartAsync(RunPurpose.Billing, key, start, token))
            .Operates("startBillingRun", "Invoices every charge that is unbilled now.").Answers<RunModel>(StatusCodes.Status202Accepted);
        runs.MapPost("/payout-runs", (RequestKey key, StartRunHandler start, CancellationToken token) => StartAsync(RunPurpose.Payout, key, start, token))
            .Operates("startPayoutRun", "Pays out to providers what buyers have paid.").Answers<RunModel>(StatusCodes.Status202Accepted);

        runs.MapPost("/invoices", InvoiceNowAsync)
            .Operates("invoiceNow", "Invoices a buyer's unbilled charges at once, one invoice per currency and month.")
            .Answers<RunModel>(StatusCodes.Status202Accepted)
            .Refuses([ProblemTypes.InvalidFields, .. Enum.GetValues<StartRunRefusal>().Select(TypeOf)]);

        var read = v1.MapGroup("").WithTags("Billing");
        read.MapGet("/billing-runs/{runId}", ReadRunAsync).RequireScope(Scopes.FinanceRead)
            .Operates("getBillingRun", "Reads a billing run.").Answers<RunModel>().Refuses(ProblemTypes.NotFound);
        read.MapGet("/payout-runs/{runId}", ReadRunAsync).RequireScope(Scopes.FinanceRead)
            .Operates("getPayoutRun", "Reads a payout run.").Answers<RunModel>().Refuses(ProblemTypes.NotFound);
        read.MapGet("/invoices", ListInvoicesAsync).RequireToken()
            .Operates("listInvoices", "Lists the organisation's invoices, newest first; everyone's for finance.")
            .Answers<Page<InvoiceModel>>().Refuses(ProblemTypes.OrganisationRequired);
        read.MapGet("/invoices/{invoiceId}", ReadInvoiceAsync).RequireToken()
            .Operates("getInvoice", "Reads an invoice with its lines.")
            .Answers<InvoiceModel>().Refuses(ProblemTypes.NotFound, ProblemTypes.OrganisationRequired);
        read.MapGet("/payouts", ListPayoutsAsync).RequireToken()
            .Operates("listPayouts", "Lists the organisation's payouts, newest first; everyone's for finance.")
            .Answers<Page<PayoutModel>>().Refuses(ProblemTypes.OrganisationRequired);

        v1.MapCredits();
        v1.MapDisputes();
        v1.MapBuyerCredit();
        v1.MapTopUps();
        v1.MapPayoutTerms();
        v1.MapPost("/webhooks/stripe", ReceiveAsync).WithTags("Billing").AllowAnonymous()
            .Operates("receiveStripeWebhook", "Takes a webhook of the payment service, whose signature stands for a token.")
            .Answers<WebhookModel>()
            .Refuses(ProblemTypes.WebhookSignatureInvalid, ProblemTypes.WebhookSignatureStale, ProblemTypes.WebhookMalformed);
    }

    private static async Task<IResult> StartAsync(RunPurpose purpose, RequestKey key, StartRunHandler start, CancellationToken cancellationToken)
    {
        var attempt = await start.StartAsync(purpose, null, key.Value, cancellationToken);
        return Answer.Accepted(attempt, run => $"/v1/{WireForms.Name(purpose)}-runs/{run.RunId}", BillingModels.ToModel, refusal => TypeOf(refusal).With());
    }

    private static async Task<IResult> InvoiceNowAsync(InvoiceNowRequest body, RequestKey key, StartRunHandler start, CancellationToken cancellationToken)
    {
        var fields = new Fields();
        var buyer = fields.Id<OrganisationKind>("/buyer", body.Buyer);
        if (!fields.AreValid) return fields.Problem;
        var attempt = await start.StartAsync(RunPurpose.Billing, buyer, key.Value, cancellationToken);
        return Answer.Accepted(attempt, run => $"/v1/billing-runs/{run.RunId}", BillingModels.ToModel, refusal => TypeOf(refusal).With());
    }

    private static async Task<IResult> ReadRunAsync(string runId, BillingReads reads, CancellationToken cancellationToken)
    {
        if (!RunId.TryParse(runId, out var id)) return Answer.NotFound();
        return await reads.FindRunAsync(id, cancellationToken) is { } run ? Answer.Ok(run.ToModel()) : Answer.NotFound();
    }

    private static async Task<IResult> ListInvoicesAsync(PageQuery query, Caller caller, BillingReads reads, CancellationToken cancellationToken)
    {
        InvoiceId? after = null;
        if (query.After is { } text)
        {
            if (!InvoiceId.TryParse(text, out var id)) return PageQuery.InvalidCursor;
            after = id;
        }

        if (!caller.MayReadBilling()) return ProblemTypes.OrganisationRequired.With();
        var part = await reads.ListInvoicesAsync(caller.OrganisationId, query.Limit, after, cancellationToken);
        return Answer.Ok(PageQuery.Page([.. part.Items.Select(invoice => invoice.ToModel(withLines: false))], part.Next));
    }

    private static async Task<IResult> ReadInvoiceAsync(string invoiceId, Caller caller, BillingReads reads, CancellationToken cancellationToken)
    {
        if (!caller.MayReadBilling()) return ProblemTypes.OrganisationRequired.With();
        if (!InvoiceId.TryParse(invoiceId, out var id)) return Answer.NotFound();
        var invoice = await reads.FindInvoiceAsync(caller.OrganisationId, id, cancellationToken);
        return Answer.OkOrNotFound(invoice?.ToModel(withLines: true));
    }

    private static async Task<IResult> ListPayoutsAsync(PageQuery query, Caller caller, BillingReads reads, CancellationToken cancellationToken)
    {
        PayoutId? after = null;
        if (query.After is { } text)
        {
            if (!PayoutId.TryParse(text, out var id)) return PageQuery.InvalidCursor;
            after = id;
        }

        if (!caller.MayReadBilling()) return ProblemTypes.OrganisationRequired.With();
        var part = await reads.ListPayoutsAsync(caller.OrganisationId, query.Limit, after, cancellationToken);
        return Answer.Ok(PageQuery.Page([.. part.Items.Select(BillingModels.ToModel)], part.Next));
    }

    private static async Task<IResult> ReceiveAsync(HttpContext context, ReceiveWebhookHandler receive, CancellationToken cancellationToken)
    {
        // The signature is over the bytes as they came, so the body is read raw, whatever its content type says.
        using var reader = new StreamReader(context.Request.Body, new UTF8Encoding(false), detectEncodingFromByteOrderMarks: false);
        var body = await reader.ReadToEndAsync(cancellationToken);
        var result = await receive.HandleAsync(body, context.Request.Headers["Stripe-Signature"], cancellationToken);
        return result.TryGet(out var reported, out var refusal) ? Answer.Ok(new WebhookModel(reported.ExternalId)) : Problem(refusal);
    }

    /// <summary>An organisation reads its own; finance, whose token names none, reads everyone's.</summary>
    internal static bool MayReadBilling(this Caller caller) => caller.OrganisationId is not null || caller.Has(Scopes.FinanceRead);

    private static ProblemType TypeOf(StartRunRefusal refusal) => refusal switch
    {
        StartRunRefusal.OrganisationUnknown => ProblemTypes.OrganisationUnknown,
    };

    private static ApiProblem Problem(WebhookRefusal refusal) => refusal switch
    {
        WebhookRefusal.SignatureInvalid => ProblemTypes.WebhookSignatureInvalid.With(),
        WebhookRefusal.SignatureStale => ProblemTypes.WebhookSignatureStale.With(),
        WebhookRefusal.Malformed => ProblemTypes.WebhookMalformed.With(),
    };
}

/// <summary>Says which event was taken.</summary>
/// <param name="EventId">The payment service's id of it.</param>
internal sealed record WebhookModel(string EventId);
