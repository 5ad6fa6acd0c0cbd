using Marketplace.Api.Answers;
using Marketplace.Api.Auth;
using Marketplace.Api.OpenApi;
using Marketplace.Api.Problems;
using Marketplace.Api.Requests;
using Marketplace.Billing.PayProviders;
using Marketplace.Billing.Terms;
using Marketplace.Client.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketplace.Api.Billing;

/// <summary>When providers are paid: finance sets it, the provider sees it.</summary>
internal static class PayoutTermsEndpoints
{
    public static void MapPayoutTerms(this IEndpointRouteBuilder v1)
    {
        var group = v1.MapGroup("/payout-terms").WithTags("Billing");
        group.MapPut("/{organisationId}", SetAsync).RequireScope(Scopes.FinanceWrite)
            .Operates("setPayoutTerms", "Sets how often a provider is paid and what is the least; what is below waits.")
            .Answers<PayoutTermsModel>()
            .Refuses([ProblemTypes.NotFound, ProblemTypes.InvalidFields, ProblemTypes.IdempotencyKeyReused, .. Enum.GetValues<SetPayoutTermsRefusal>().Select(TypeOf)]);
        group.MapGet("/{organisationId}", ReadAsync).RequireToken()
            .Operates("getPayoutTerms", "Reads when a provider is paid: the organisation's own terms, or anyone's for finance.")
            .Answers<PayoutTermsModel>().Refuses(ProblemTypes.NotFound);
    }

    private static async Task<IResult> SetAsync(
        string organisationId, PayoutTermsModel body, RequestKey key, SetPayoutTerms set, CancellationToken cancellationToken)
    {
        if (!OrganisationId.TryParse(organisationId, out var provider)) return Answer.NotFound();
        var fields = new Fields();
        var schedule = fields.Enum<PayoutSchedule>("/schedule", body.Schedule);
        if (body.Minimum is null) fields.Add("/minimum", "This is required; it may be empty.");
        var minimum = (body.Minimum ?? []).Select((amount, i) => fields.Money($"/minimum/{i}", amount)).ToList();
        if (!fields.AreValid) return fields.Problem;
        var attempt = await set.ExecuteAsync(provider, schedule, minimum, key.Value, cancellationToken);
        return Answer.Done(attempt, ToModel, refusal => TypeOf(refusal).With());
    }

    private static async Task<IResult> ReadAsync(string organisationId, Caller caller, SetPayoutTerms terms, CancellationToken cancellationToken)
    {
        if (!OrganisationId.TryParse(organisationId, out var provider)) return Answer.NotFound();
        if (caller.OrganisationId != provider && !caller.Has(Scopes.FinanceRead)) return Answer.NotFound();
        return Answer.Ok(ToModel(await terms.ReadAsync(provider, cancellationToken)));
    }

    private static PayoutTermsModel ToModel(PayoutTerms terms) =>
        new(WireForms.Name(terms.Schedule), [.. terms.Minimum.Select(amount => amount.ToModel())]);

    private static ProblemType TypeOf(SetPayoutTermsRefusal refusal) => refusal switch
    {
        SetPayoutTermsRefusal.ProviderUnknown => ProblemTypes.OrganisationUnknown,
        SetPayoutTermsRefusal.MinimumRepeated => ProblemTypes.MinimumRepeated,
    };
}
