using Marketplace.Api.Answers;
using Marketplace.Api.Auth;
using Marketplace.Api.OpenApi;
using Marketplace.Api.Problems;
using Marketplace.Api.Requests;
using Marketplace.Billing.Disputes;
using Marketplace.Billing.Lists;
using Marketplace.Client.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketplace.Api.Billing;

/// <summary>Disputes: buyer or provider contests a charge, finance decides.</summary>
internal static class DisputeEndpoints
{
    private const int MaxReasonLength = 500;

    private enum Outcome
    {
        Release,
        Credit,
    }

    public static void MapDisputes(this IEndpointRouteBuilder v1)
    {
        var group = v1.MapGroup("").WithTags("Billing");
        group.MapPost("/invoices/{invoiceId}/lines/{usageId}/disputes", OpenAsync).RequireScope(Scopes.LeasesWrite)
            .Operates("openDispute", "Contests a charge, as its buyer or provider: the provider's share is not paid out until finance decides.")
            .Answers<DisputeModel>(StatusCodes.Status201Created)
            .Refuses([ProblemTypes.InvalidFields, ProblemTypes.IdempotencyKeyReused, .. Enum.GetValues<OpenDisputeRefusal>().Select(TypeOf)]);
        group.MapPost("/disputes/{disputeId}/resolution", ResolveAsync).RequireScope(Scopes.FinanceWrite)
            .Operates("resolveDispute", "Decides a dispute: releases the share to the provider, or credits the buyer all or some of the line.")
            .Answers<DisputeModel>()
            .Refuses([ProblemTypes.InvalidFields, ProblemTypes.IdempotencyKeyReused, .. Enum.GetValues<ResolveDisputeRefusal>().Select(TypeOf)]);
        group.MapGet("/disputes", ListAsync).RequireToken()
            .Operates("listDisputes", "Lists the organisation's disputes, as buyer and as provider, newest first; everyone's for finance.")
            .Answers<Page<DisputeModel>>().Refuses(ProblemTypes.OrganisationRequired);
        group.MapGet("/disputes/{disputeId}", ReadAsync).RequireToken()
            .Operates("getDispute", "Reads a dispute.")
            .Answers<DisputeModel>().Refuses(ProblemTypes.NotFound, ProblemTypes.OrganisationRequired);
    }

    private static async Task<IResult> OpenAsync(
        string invoiceId, string usageId, OpenDisputeRequest body, OrganisationCaller caller, RequestKey key, DisputeCharge disputes,
        CancellationToken cancellationToken)
    {
        if (!InvoiceId.TryParse(invoiceId, out var invoice) || !UsageId.TryParse(usageId, out var usage)) return Answer.NotFound();
        var fields = new Fields();
        var reason = fields.Text("/reason", body.Reason, 1, MaxReasonLength);
        if (!fields.AreValid) return fields.Problem;
        var attempt = await disputes.OpenAsync(invoice, usage, caller.OrganisationId, reason, key.Value, cancellationToken);
        return Answer.Created(attempt, dispute => $"/v1/disputes/{dispute.DisputeId}", ToModel, refusal => TypeOf(refusal).With());
    }

    private static async Task<IResult> ResolveAsync(
        string disputeId, ResolveDisputeRequest body, RequestKey key, DisputeCharge disputes, CancellationToken cancellationToken)
    {
        if (!DisputeId.TryParse(disputeId, out var id)) return Answer.NotFound();
        var fields = new Fields();
        var outcome = fields.Enum<Outcome>("/outcome", body.Outcome);
        var reason = fields.Text("/reason", body.Reason, 1, MaxReasonLength);
        Money? amount = body.Amount is null ? null : fields.Money("/amount", body.Amount);
        if (fields.AreValid && amount is not null && outcome == Outcome.Release) fields.Add("/amount", "Only a credit has an amount.");
        if (!fields.AreValid) return fields.Problem;
        var attempt = await disputes.ResolveAsync(id, outcome == Outcome.Credit, amount, reason, key.Value, cancellationToken);
        return Answer.Done(attempt, ToModel, refusal => TypeOf(refusal).With());
    }

    private static async Task<IResult> ListAsync(PageQuery query, Caller caller, BillingReads reads, CancellationToken cancellationToken)
    {
        DisputeId? after = null;
        if (query.After is { } text)
        {
            if (!DisputeId.TryParse(text, out var id)) return PageQuery.InvalidCursor;
            after = id;
        }

        if (!caller.MayReadBilling()) return ProblemTypes.OrganisationRequired.With();
        var part = await reads.ListDisputesAsync(caller.OrganisationId, query.Limit, after, cancellationToken);
        return Answer.Ok(PageQuery.Page([.. part.Items.Select(ToModel)], part.Next));
    }

    private static async Task<IResult> ReadAsync(string disputeId, Caller caller, BillingReads reads, CancellationToken cancellationToken)
    {
        if (!caller.MayReadBilling()) return ProblemTypes.OrganisationRequired.With();
        if (!DisputeId.TryParse(disputeId, out var id)) return Answer.NotFound();
        return await reads.FindDisputeAsync(caller.OrganisationId, id, cancellationToken) is { } found ? Answer.Ok(ToModel(found)) : Answer.NotFound();
    }

    private static DisputeModel ToModel(Dispute dispute) => new(
        dispute.DisputeId.ToString(),
        dispute.InvoiceId.ToString(),
        dispute.UsageId.ToString(),
        dispute.Buyer.ToString(),
        dispute.Provider.ToString(),
        dispute.OpenedBy.ToString(),
        WireForms.Name(dispute.State),
        dispute.Amount.ToModel(),
        dispute.Reason,
        dispute.OpenedAt.ToWire(),
        dispute.Resolution,
        dispute.ResolvedAt?.ToWire(),
        dispute.CreditId);

    private static ProblemType TypeOf(OpenDisputeRefusal refusal) => refusal switch
    {
        OpenDisputeRefusal.LineUnknown => ProblemTypes.NotFound,
        OpenDisputeRefusal.InvoiceNotFinal => ProblemTypes.InvoiceNotFinal,
        OpenDisputeRefusal.InvoiceClosed => ProblemTypes.InvoiceClosed,
        OpenDisputeRefusal.WindowOver => ProblemTypes.DisputeWindowOver,
        OpenDisputeRefusal.AlreadyDisputed => ProblemTypes.InvoiceLineDisputed,
        OpenDisputeRefusal.NothingLeft => ProblemTypes.NothingToCredit,
    };

    private static ProblemType TypeOf(ResolveDisputeRefusal refusal) => refusal switch
    {
        ResolveDisputeRefusal.DisputeUnknown => ProblemTypes.NotFound,
        ResolveDisputeRefusal.DisputeResolved => ProblemTypes.DisputeResolvedAlready,
        ResolveDisputeRefusal.InvoiceClosed => ProblemTypes.InvoiceClosed,
        ResolveDisputeRefusal.CurrencyDiffers => ProblemTypes.CreditCurrencyDiffers,
        ResolveDisputeRefusal.NothingToCredit => ProblemTypes.NothingToCredit,
        ResolveDisputeRefusal.ExceedsLine => ProblemTypes.CreditExceedsLine,
        ResolveDisputeRefusal.ExceedsUnpaid => ProblemTypes.CreditExceedsUnpaid,
    };
}
