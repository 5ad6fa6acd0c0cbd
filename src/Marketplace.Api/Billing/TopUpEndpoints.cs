using Marketplace.Api.Answers;
using Marketplace.Api.Auth;
using Marketplace.Api.OpenApi;
using Marketplace.Api.Problems;
using Marketplace.Api.Requests;
using Marketplace.Billing.Lists;
using Marketplace.Billing.Payments;
using Marketplace.Billing.Prepaid;
using Marketplace.Client.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketplace.Api.Billing;

/// <summary>Payments in advance: a buyer makes them, sees what is left of them, and has the rest given back.</summary>
internal static class TopUpEndpoints
{
    public static void MapTopUps(this IEndpointRouteBuilder v1)
    {
        var group = v1.MapGroup("/credit/top-ups").WithTags("Billing");
        group.MapPost("", StartAsync).RequireScope(Scopes.BidsWrite)
            .Operates("topUpCredit", "Pays in advance with the organisation's payment method; invoices are paid from it first. It is paid once its status says so.")
            .Answers<TopUpModel>(StatusCodes.Status202Accepted)
            .Refuses([ProblemTypes.OrganisationRequired, ProblemTypes.InvalidFields, ProblemTypes.IdempotencyKeyReused, .. Enum.GetValues<StartTopUpRefusal>().Select(TypeOf)]);
        group.MapGet("", ListAsync).RequireToken()
            .Operates("listTopUps", "Lists the organisation's payments in advance, newest first; everyone's for finance.")
            .Answers<Page<TopUpModel>>().Refuses(ProblemTypes.OrganisationRequired);
        group.MapGet("/{topUpId}", ReadAsync).RequireToken()
            .Operates("getTopUp", "Reads a payment in advance, with what is left of it.")
            .Answers<TopUpModel>().Refuses(ProblemTypes.NotFound, ProblemTypes.OrganisationRequired);
        group.MapGet("/{topUpId}/client-secret", ReadSecretAsync).RequireScope(Scopes.BidsWrite)
            .Operates("getTopUpSecret", "Reads with what a pending payment is completed on a form of the payment service: to enter a card, or to authenticate. Absent where nothing is to be done.")
            .Answers<TopUpSecretModel>().Refuses(ProblemTypes.NotFound, ProblemTypes.OrganisationRequired, ProblemTypes.Unavailable);
        group.MapPost("/{topUpId}/refunds", RefundAsync).RequireScope(Scopes.BidsWrite)
            .Operates("refundTopUp", "Gives back what is not used of a payment in advance, or a part of that, to where it came from.")
            .Answers<TopUpRefundModel>(StatusCodes.Status201Created)
            .Refuses([ProblemTypes.OrganisationRequired, ProblemTypes.InvalidFields, ProblemTypes.IdempotencyKeyReused, .. Enum.GetValues<RefundTopUpRefusal>().Select(TypeOf)]);
    }

    private static async Task<IResult> StartAsync(
        TopUpRequest body, OrganisationCaller caller, RequestKey key, StartTopUp start, CancellationToken cancellationToken)
    {
        var fields = new Fields();
        var amount = fields.Money("/amount", body.Amount);
        if (!fields.AreValid) return fields.Problem;
        var attempt = await start.ExecuteAsync(caller.OrganisationId, amount, key.Value, cancellationToken);
        return Answer.Accepted(
            attempt, topUp => $"/v1/credit/top-ups/{topUp.TopUpId}", topUp => ToModel(topUp, Money.Zero(topUp.Amount.Currency)), refusal => TypeOf(refusal).With());
    }

    private static async Task<IResult> ListAsync(PageQuery query, Caller caller, BillingReads reads, CancellationToken cancellationToken)
    {
        TopUpId? after = null;
        if (query.After is { } text)
        {
            if (!TopUpId.TryParse(text, out var id)) return PageQuery.InvalidCursor;
            after = id;
        }

        if (!caller.MayReadBilling()) return ProblemTypes.OrganisationRequired.With();
        var part = await reads.ListTopUpsAsync(caller.OrganisationId, query.Limit, after, cancellationToken);
        return Answer.Ok(PageQuery.Page([.. part.Items.Select(item => ToModel(item.TopUp, item.Unused))], part.Next));
    }

    private static async Task<IResult> ReadAsync(string topUpId, Caller caller, BillingReads reads, CancellationToken cancellationToken)
    {
        if (!caller.MayReadBilling()) return ProblemTypes.OrganisationRequired.With();
        if (!TopUpId.TryParse(topUpId, out var id)) return Answer.NotFound();
        return await reads.FindTopUpAsync(caller.OrganisationId, id, cancellationToken) is { } found ? Answer.Ok(ToModel(found.TopUp, found.Unused)) : Answer.NotFound();
    }

    private static async Task<IResult> ReadSecretAsync(string topUpId, OrganisationCaller caller, ReadTopUpSecret read, CancellationToken cancellationToken)
    {
        if (!TopUpId.TryParse(topUpId, out var id)) return Answer.NotFound();
        try
        {
            return await read.ExecuteAsync(caller.OrganisationId, id, cancellationToken) is { } secret ? Answer.Ok(new TopUpSecretModel(secret)) : Answer.NotFound();
        }
        catch (PaymentServiceException)
        {
            return ProblemTypes.Unavailable.With();
        }
    }

    private static async Task<IResult> RefundAsync(
        string topUpId, TopUpRefundRequest body, OrganisationCaller caller, RequestKey key, RefundTopUp refund, CancellationToken cancellationToken)
    {
        if (!TopUpId.TryParse(topUpId, out var id)) return Answer.NotFound();
        var fields = new Fields();
        Money? amount = body.Amount is null ? null : fields.Money("/amount", body.Amount);
        if (!fields.AreValid) return fields.Problem;
        var attempt = await refund.ExecuteAsync(caller.OrganisationId, id, amount, key.Value, cancellationToken);
        return Answer.Created(attempt, _ => $"/v1/credit/top-ups/{id}", ToModel, refusal => TypeOf(refusal).With());
    }

    private static TopUpModel ToModel(TopUp topUp, Money unused) => new(
        topUp.TopUpId.ToString(),
        topUp.Buyer.ToString(),
        WireForms.Name(topUp.State),
        topUp.Amount.ToModel(),
        unused.ToModel(),
        [.. topUp.Refunds.Select(ToModel)],
        topUp.CreatedAt.ToWire(),
        topUp.EndedAt?.ToWire(),
        topUp.ExternalId);

    private static TopUpRefundModel ToModel(TopUpRefund refund) => new(
        refund.RefundId.ToString(), WireForms.Name(refund.State), refund.Amount.ToModel(), refund.OrderedAt.ToWire(), refund.MadeAt?.ToWire(),
        refund.EntryId.ToString(), refund.ExternalId);

    private static ProblemType TypeOf(StartTopUpRefusal refusal) => refusal switch
    {
        StartTopUpRefusal.BuyerUnknown => ProblemTypes.BuyerUnknown,
        StartTopUpRefusal.AmountTooSmall => ProblemTypes.TopUpTooSmall,
        StartTopUpRefusal.AmountTooLarge => ProblemTypes.TopUpTooLarge,
    };

    private static ProblemType TypeOf(RefundTopUpRefusal refusal) => refusal switch
    {
        RefundTopUpRefusal.TopUpUnknown => ProblemTypes.NotFound,
        RefundTopUpRefusal.TopUpNotPaid => ProblemTypes.TopUpNotPaid,
        RefundTopUpRefusal.CurrencyDiffers => ProblemTypes.CreditCurrencyDiffers,
        RefundTopUpRefusal.NothingToRefund => ProblemTypes.NothingToRefund,
        RefundTopUpRefusal.ExceedsUnused => ProblemTypes.RefundExceedsUnused,
        RefundTopUpRefusal.CreditCommitted => ProblemTypes.CreditCommitted,
    };
}
