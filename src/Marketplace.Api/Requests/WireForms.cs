using System.Text.Json;
using Marketplace.Client.Models;
using Marketplace.Contracts;
using NodaTime;
using NodaTime.Text;

namespace Marketplace.Api.Requests;

/// <summary>Values of the kernel as they go over the wire.</summary>
public static class WireForms
{
    /// <summary>Decimal text and currency.</summary>
    public static MoneyModel ToModel(this Money money) => new(money.Amount, money.Currency.Code);

    /// <summary>Decimal text and currency.</summary>
    public static UnitPriceModel ToModel(this UnitPrice price) => new(price.PerGpuHour, price.Currency.Code);

    /// <summary>One price, or 168.</summary>
    public static PriceScheduleModel ToModel(this PriceSchedule price) => price.IsFlat
        ? new PriceScheduleModel(price.Lowest.PerGpuHour, price.Currency.Code)
        : new PriceScheduleModel(null, price.Currency.Code, [.. price.Prices.Select(hour => hour.PerGpuHour)]);

    /// <summary>Three prices.</summary>
    public static PriceBandModel ToModel(this PriceRange band) => new(band.Lowest.ToModel(), band.Highest.ToModel(), band.Reference.ToModel());

    /// <summary>Two instants.</summary>
    public static WindowModel ToModel(this HourWindow window) => new(window.From.ToString(), window.To.ToString());

    /// <summary>RFC 3339, UTC, with as many decimals of a second as needed.</summary>
    public static string ToWire(this Instant instant) => InstantPattern.ExtendedIso.Format(instant);

    /// <summary>A member's name in camelCase.</summary>
    public static string Name<TEnum>(TEnum member)
        where TEnum : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(member.ToString());
}
