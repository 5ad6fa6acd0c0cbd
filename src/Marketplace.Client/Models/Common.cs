using System.Text.Json.Serialization;

namespace Marketplace.Client.Models;

/// <summary>An exact amount.</summary>
/// <param name="Amount">Decimal text with the decimals of the currency, such as <c>12.34</c>.</param>
/// <param name="Currency">ISO 4217 code.</param>
public sealed record MoneyModel(string? Amount, string? Currency);

/// <summary>A price per GPU-hour.</summary>
/// <param name="PerGpuHour">Decimal text, at most six decimals, such as <c>2.10</c>.</param>
/// <param name="Currency">ISO 4217 code.</param>
public sealed record UnitPriceModel(string? PerGpuHour, string? Currency);

/// <summary>Whole hours, UTC, half-open.</summary>
/// <param name="From">The first instant, on the hour, such as <c>2026-11-23T09:00:00Z</c>.</param>
/// <param name="To">The first instant after it, on the hour.</param>
public sealed record WindowModel(string? From, string? To);

/// <summary>Part of a list.</summary>
/// <param name="Items">The items.</param>
/// <param name="NextCursor">Ask for the next part with it; null at the end.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);

/// <summary>The market's time.</summary>
/// <param name="Now">RFC 3339, UTC.</param>
public sealed record TimeModel(string Now);

/// <summary>A problem, as RFC 9457 has it.</summary>
/// <param name="Type">A page about the code.</param>
/// <param name="Title">What the code means, in a few words.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">Stable; programs decide by it.</param>
/// <param name="Detail">What is wrong this time, for people.</param>
/// <param name="Errors">What is wrong with which field; empty unless the request is malformed.</param>
/// <param name="TraceId">Names the request in the server's log.</param>
/// <param name="Band">Which prices the order book takes, where one was refused for that; absent otherwise.</param>
public sealed record Problem(
    string Type,
    string Title,
    int Status,
    string Code,
    string Detail,
    IReadOnlyList<FieldError> Errors,
    string TraceId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] PriceBandModel? Band = null);

/// <summary>Which prices an order book takes.</summary>
/// <param name="Lowest">The lowest price.</param>
/// <param name="Highest">The highest price.</param>
/// <param name="Reference">What was paid lately: the band is around it.</param>
public sealed record PriceBandModel(UnitPriceModel Lowest, UnitPriceModel Highest, UnitPriceModel Reference);

/// <summary>What is wrong with a field.</summary>
/// <param name="Pointer">JSON pointer into the request body, such as <c>/window/from</c>.</param>
/// <param name="Detail">What it should be.</param>
public sealed record FieldError(string Pointer, string Detail);

/// <summary>What the service says of its health.</summary>
/// <param name="Status"><c>live</c> or <c>ready</c>.</param>
public sealed record HealthModel(string Status);
