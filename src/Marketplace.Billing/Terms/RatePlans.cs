using NodaTime;

namespace Marketplace.Billing.Terms;

/// <summary>A rate for organisations of a country, or of all countries that have none of their own, while it holds.</summary>
/// <param name="Id">Its name, unique among plans of its kind: charges keep it.</param>
/// <param name="Country">ISO 3166-1 alpha-2, capitals; null for the default.</param>
/// <param name="From">The first day, UTC.</param>
/// <param name="To">The day after the last one; null for no end.</param>
/// <param name="BasisPoints">The part of the amount in hundredths of a per cent, 0 to 10,000.</param>
public sealed record RatePlan(string Id, string? Country, LocalDate From, LocalDate? To, int BasisPoints);

/// <summary>All plans of one kind. On every day from its first on, a country has exactly one.</summary>
public sealed class RatePlans
{
    /// <summary>All of an amount.</summary>
    public const int Whole = 10_000;

    private const string Default = "";
    private readonly Dictionary<string, RatePlan[]> byCountry;

    /// <summary>Takes plans in any order.</summary>
    /// <exception cref="ArgumentException">
    /// There is no default, an id comes twice, a rate or country is none, or the days of a country's plans overlap, leave a gap or end.
    /// </exception>
    public RatePlans(IEnumerable<RatePlan> plans)
    {
        byCountry = plans.GroupBy(plan => plan.Country ?? Default).ToDictionary(group => group.Key, group => group.OrderBy(plan => plan.From).ToArray());
        if (!byCountry.ContainsKey(Default)) throw new ArgumentException("There is no default plan.");
        if (byCountry.Values.SelectMany(group => group).GroupBy(plan => plan.Id).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new ArgumentException($"The plan '{twice.Key}' is there twice.");
        foreach (var (country, group) in byCountry) Check(country, group);
    }

    /// <summary>The plan of a country at an instant; the default where the country has none then.</summary>
    /// <exception cref="InvariantException">The default starts later.</exception>
    public RatePlan At(string? country, Instant instant)
    {
        var day = instant.InUtc().Date;
        return Find(country ?? Default, day) ?? Find(Default, day) ?? throw new InvariantException($"No plan holds on {day}.");
    }

    private RatePlan? Find(string country, LocalDate day) =>
        byCountry.GetValueOrDefault(country)?.LastOrDefault(plan => plan.From <= day);

    private static void Check(string country, RatePlan[] plans)
    {
        var name = country == Default ? "the default" : country;
        if (country != Default && (country.Length != 2 || country.Any(letter => letter is < 'A' or > 'Z')))
            throw new ArgumentException($"'{country}' is no country: two capitals.");
        foreach (var plan in plans)
        {
            if (string.IsNullOrWhiteSpace(plan.Id)) throw new ArgumentException($"A plan of {name} has no id.");
            if (plan.BasisPoints is < 0 or > Whole) throw new ArgumentException($"'{plan.Id}' has a rate outside 0 to {Whole} basis points.");
        }

        foreach (var (plan, next) in plans.Zip(plans.Skip(1)))
        {
            if (plan.To is null || plan.To > next.From) throw new ArgumentException($"'{plan.Id}' and '{next.Id}' of {name} overlap.");
            if (plan.To < next.From) throw new ArgumentException($"Between '{plan.Id}' and '{next.Id}' of {name} is a gap.");
        }

        if (plans.FirstOrDefault(plan => plan.To <= plan.From) is { } empty) throw new ArgumentException($"'{empty.Id}' ends before it starts.");
        if (plans[^1].To is not null) throw new ArgumentException($"After '{plans[^1].Id}' of {name} nothing holds.");
    }
}
