using NodaTime;

namespace Marketplace.Billing.Terms;

/// <summary>How often a provider is paid.</summary>
public enum PayoutSchedule
{
    /// <summary>Every day.</summary>
    Daily,

    /// <summary>Every Monday.</summary>
    Weekly,

    /// <summary>On the first of a month.</summary>
    Monthly,
}

/// <summary>When a provider is paid, and what is the least. What is below waits for the next time.</summary>
/// <param name="Schedule">How often.</param>
/// <param name="Minimum">The least per currency, at most one amount each; currencies without one have no minimum.</param>
public sealed record PayoutTerms(PayoutSchedule Schedule, IReadOnlyList<Money> Minimum)
{
    /// <summary>Checked terms.</summary>
    /// <exception cref="ArgumentException">A minimum is negative, or a currency has two.</exception>
    public static PayoutTerms Of(PayoutSchedule schedule, IReadOnlyList<Money> minimum)
    {
        if (minimum.Any(amount => amount.IsNegative)) throw new ArgumentException("A minimum payout is not negative.");
        if (minimum.GroupBy(amount => amount.Currency).Any(same => same.Count() > 1)) throw new ArgumentException("A currency has two minimum payouts.");
        return new PayoutTerms(schedule, minimum);
    }

    /// <summary>Whether payouts are due on a day.</summary>
    public bool IsDue(LocalDate day) => Schedule switch
    {
        PayoutSchedule.Daily => true,
        PayoutSchedule.Weekly => day.DayOfWeek == IsoDayOfWeek.Monday,
        PayoutSchedule.Monthly => day.Day == 1,
        _ => throw new InvariantException($"Unknown schedule {Schedule}."),
    };

    /// <summary>The least that is paid in a currency.</summary>
    public Money MinimumOf(Currency currency) =>
        Minimum.Where(amount => amount.Currency == currency).DefaultIfEmpty(Money.Zero(currency)).First();
}
