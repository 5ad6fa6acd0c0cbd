using Marketplace.Api.Answers;
using Marketplace.Api.Auth;
using Marketplace.Api.OpenApi;
using Marketplace.Api.Problems;
using Marketplace.Api.Requests;
using Marketplace.Billing.Credit;
using Marketplace.Client.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketplace.Api.Billing;

/// <summary>Buyers' credit: what they may still commit themselves to.</summary>
internal static class BuyerCreditEndpoints
{
    public static void MapBuyerCredit(this IEndpointRouteBuilder v1)
    {
        var group = v1.MapGroup("/credit").WithTags("Billing");
        group.MapGet("", (OrganisationCaller caller, BuyerCredit credit, CancellationToken token) => ReadAsync(caller.OrganisationId, credit, token)).RequireToken()
            .Operates("getOwnCredit", "Reads the organisation's credit as a buyer, by currency: limit, paid in advance, owed, held for trades, available.")
            .Answers<BuyerCreditModel>()
            .Refuses(ProblemTypes.OrganisationRequired);
        group.MapGet("/{organisationId}", ReadOfAsync).RequireScope(Scopes.FinanceRead)
            .Operates("getBuyerCredit", "Reads a buyer's credit.")
            .Answers<BuyerCreditModel>()
            .Refuses(ProblemTypes.NotFound);
        group.MapPost("/{organisationId}/limits", SetAsync).RequireScope(Scopes.FinanceWrite)
            .Operates("setCreditLimits", "Replaces a buyer's credit limits, one per currency; a currency without one has no limit.")
            .Answers<BuyerCreditModel>()
            .Refuses([ProblemTypes.InvalidFields, ProblemTypes.NotFound, ProblemTypes.IdempotencyKeyReused, .. Enum.GetValues<SetCreditTermsRefusal>().Select(TypeOf)]);
    }

    private static async Task<IResult> ReadOfAsync(string organisationId, BuyerCredit credit, CancellationToken cancellationToken) =>
        OrganisationId.TryParse(organisationId, out var buyer) ? await ReadAsync(buyer, credit, cancellationToken) : Answer.NotFound();

    private static async Task<IResult> ReadAsync(OrganisationId buyer, BuyerCredit credit, CancellationToken cancellationToken) =>
        Answer.Ok(await ToModelAsync(buyer, credit, cancellationToken));

    private static async Task<IResult> SetAsync(
        string organisationId, SetCreditLimitsRequest body, RequestKey key, SetCreditTerms set, BuyerCredit credit, CancellationToken cancellationToken)
    {
        if (!OrganisationId.TryParse(organisationId, out var buyer)) return Answer.NotFound();
        var fields = new Fields();
        var reason = fields.Text("/reason", body.Reason, 1, 500);
        if (body.Limits is null) fields.Add("/limits", "Is missing.");
        var limits = (body.Limits ?? []).Select((limit, i) => fields.Money($"/limits/{i}", limit)).ToList();
        if (!fields.AreValid) return fields.Problem;
        var attempt = await set.ExecuteAsync(buyer, new CreditTerms(limits, reason), key.Value, cancellationToken);
        var model = attempt is { KeyReused: false, Result.IsAccepted: true } ? await ToModelAsync(buyer, credit, cancellationToken) : null;
        return Answer.Done(attempt, _ => model, refusal => TypeOf(refusal).With());
    }

    private static ProblemType TypeOf(SetCreditTermsRefusal refusal) => refusal switch
    {
        SetCreditTermsRefusal.BuyerUnknown => ProblemTypes.BuyerUnknown,
        SetCreditTermsRefusal.CreditLimitNegative => ProblemTypes.CreditLimitNegative,
        SetCreditTermsRefusal.CreditLimitTwice => ProblemTypes.CreditLimitTwice,
    };

    private static async Task<BuyerCreditModel> ToModelAsync(OrganisationId buyer, BuyerCredit credit, CancellationToken cancellationToken)
    {
        var currencies = new List<CreditInCurrencyModel>();
        foreach (var currency in Currency.Known)
        {
            var standing = await credit.ReadAsync(buyer, currency, cancellationToken);
            currencies.Add(new CreditInCurrencyModel(
                standing.Limit?.ToModel(), standing.Prepaid.ToModel(), standing.Owed.ToModel(), standing.Held.ToModel(), standing.Available()?.ToModel()));
        }

        return new BuyerCreditModel(buyer.ToString(), currencies);
    }
}
