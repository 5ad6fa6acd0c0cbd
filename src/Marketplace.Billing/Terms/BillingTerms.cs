using System.Text.Json;
using System.Text.Json.Serialization;
using Marketplace.Runtime;
using NodaTime;

namespace Marketplace.Billing.Terms;

/// <summary>The commercial terms, as data: fees, taxes, dunning, disputes, payouts, meters. Read from JSON and checked at start.</summary>
/// <param name="Fees">The platform's part of an amount, by the provider's country.</param>
/// <param name="Taxes">Tax on top of an amount, by the buyer's country.</param>
/// <param name="RetryAfter">How long after each declined payment the next is tried; after the last, none is.</param>
/// <param name="DisputeWindow">How long after its invoice, or after its metering if that is later, a charge may be contested.</param>
/// <param name="Payouts">When providers are paid, unless finance set other terms for one.</param>
/// <param name="MirrorsMeters">Whether usage is mirrored to the payment service's meters.</param>
/// <param name="HoldsReleasedAfter">How long after a lease stopped, or its window ended, what is left of its hold is released.</param>
/// <param name="MinimumTopUps">The least that is paid in advance, by currency; one that is not named has none.</param>
public sealed record BillingTerms(
    RatePlans Fees, RatePlans Taxes, IReadOnlyList<Duration> RetryAfter, Duration DisputeWindow, PayoutTerms Payouts, bool MirrorsMeters,
    Duration HoldsReleasedAfter, IReadOnlyList<Money> MinimumTopUps)
{
    private static readonly JsonSerializerOptions Strict = new(MarketplaceJson.Options)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
    };

    /// <summary>The terms in <c>terms.json</c> of this module: five per cent of the amount, paid by the provider; no tax.</summary>
    public static BillingTerms Standard { get; } = ReadStandard();

    /// <summary>The least that is paid in advance in a currency; of zero there is none.</summary>
    public Money MinimumTopUpOf(Currency currency) =>
        MinimumTopUps.Where(minimum => minimum.Currency == currency).DefaultIfEmpty(Money.Zero(currency)).First();

    /// <summary>Reads terms in the form of <c>terms.json</c>.</summary>
    /// <exception cref="ArgumentException">They are no terms: the message says what is wrong.</exception>
    public static BillingTerms Read(string json)
    {
        File file;
        try
        {
            file = JsonSerializer.Deserialize<File>(json, Strict) ?? throw new JsonException("There is nothing.");
        }
        catch (JsonException malformed)
        {
            throw new ArgumentException($"The billing terms are malformed: {malformed.Message}", malformed);
        }

        if (file.Dunning.RetryAfterDays.Any(days => days < 1)) throw new ArgumentException("Payments are retried after one day or more.");
        if (file.Credit?.HoldsReleasedAfterHours < 0) throw new ArgumentException("Holds are released after the lease, not before.");
        if (file.Credit?.MinimumTopUp?.DistinctBy(minimum => minimum.Currency).Count() < file.Credit?.MinimumTopUp?.Count)
            throw new ArgumentException("A currency has one minimum of top-ups.");
        if (file.Disputes.WindowDays < 1) throw new ArgumentException("Disputes need a window of one day or more.");
        return new BillingTerms(
            new RatePlans(file.Fees.Select(ToPlan)),
            new RatePlans(file.Taxes.Select(ToPlan)),
            [.. file.Dunning.RetryAfterDays.Select(days => Duration.FromDays(days))],
            Duration.FromDays(file.Disputes.WindowDays),
            PayoutTerms.Of(file.Payouts.Schedule, file.Payouts.Minimum),
            file.Meters.Mirror,
            Duration.FromHours(file.Credit?.HoldsReleasedAfterHours ?? 48),
            file.Credit?.MinimumTopUp ?? []);
    }

    private static BillingTerms ReadStandard()
    {
        using var stream = typeof(BillingTerms).Assembly.GetManifestResourceStream("terms.json")
            ?? throw new InvariantException("The standard billing terms are not in the assembly.");
        using var reader = new StreamReader(stream);
        return Read(reader.ReadToEnd());
    }

    private static RatePlan ToPlan(Plan plan) => new(plan.Id, plan.Country, plan.From, plan.To, plan.BasisPoints);

    private sealed record File(
        IReadOnlyList<Plan> Fees, IReadOnlyList<Plan> Taxes, DunningPart Dunning, DisputesPart Disputes, PayoutsPart Payouts, MetersPart Meters,
        CreditPart? Credit = null);

    private sealed record Plan(string Id, LocalDate From, int BasisPoints, string? Country = null, LocalDate? To = null);

    private sealed record DunningPart(IReadOnlyList<int> RetryAfterDays);

    private sealed record DisputesPart(int WindowDays);

    private sealed record PayoutsPart(PayoutSchedule Schedule, IReadOnlyList<Money> Minimum);

    private sealed record MetersPart(bool Mirror);

    private sealed record CreditPart(int HoldsReleasedAfterHours, IReadOnlyList<Money>? MinimumTopUp = null);
}
