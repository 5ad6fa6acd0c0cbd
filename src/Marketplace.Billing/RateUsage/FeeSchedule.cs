using NodaTime;

namespace Marketplace.Billing.RateUsage;

/// <summary>Rates from a date on.</summary>
/// <param name="EffectiveFrom">From when they hold.</param>
/// <param name="FeeBasisPoints">The platform's part of the amount in hundredths of a per cent, 0 to 10,000.</param>
/// <param name="TaxBasisPoints">Tax on top of the amount in hundredths of a per cent, 0 to 10,000.</param>
public sealed record FeeRates(Instant EffectiveFrom, int FeeBasisPoints, int TaxBasisPoints);

/// <summary>Fees and taxes as data: what was agreed when the usage happened holds for it for ever.</summary>
public sealed class FeeSchedule
{
    /// <summary>All of an amount.</summary>
    public const int Whole = 10_000;

    private readonly FeeRates[] rates;

    /// <summary>Takes rates in any order.</summary>
    /// <exception cref="ArgumentException">There are none, or one is outside 0 to 10,000.</exception>
    public FeeSchedule(IEnumerable<FeeRates> rates)
    {
        this.rates = [.. rates.OrderByDescending(rate => rate.EffectiveFrom)];
        if (this.rates.Length == 0) throw new ArgumentException("A schedule needs rates.");
        if (this.rates.Any(rate => rate.FeeBasisPoints is < 0 or > Whole || rate.TaxBasisPoints is < 0 or > Whole))
            throw new ArgumentException("Rates are 0 to 10,000 basis points.");
    }

    /// <summary>Five per cent of the amount, paid by the provider; no tax.</summary>
    public static FeeSchedule Standard { get; } = new([new FeeRates(Instant.FromUtc(2000, 1, 1, 0, 0), 500, 0)]);

    /// <summary>The rates at an instant.</summary>
    /// <exception cref="InvariantException">The schedule starts later.</exception>
    public FeeRates At(Instant instant) =>
        rates.FirstOrDefault(rate => rate.EffectiveFrom <= instant) ?? throw new InvariantException($"No fee is agreed for {instant}.");
}
