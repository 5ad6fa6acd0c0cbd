using System.Text.Json;
using System.Text.Json.Serialization;

namespace Marketplace.Kernel;

/// <summary>
/// An exact amount: a whole number of minor units of one currency, from -2^63 to 2^63 - 1. Arithmetic is checked: mixing
/// currencies, using <c>default</c> or overflowing throws. Equality is by amount and currency.
/// JSON: <c>{"amount":"12.34","currency":"USD"}</c>.
/// </summary>
[JsonConverter(typeof(JsonObject))]
public readonly record struct Money : IComparable<Money>
{
    private Money(long minorUnits, Currency currency) => (MinorUnits, Currency) = (minorUnits, currency);

    /// <summary>The amount in minor units: cents for USD, yen for JPY.</summary>
    public long MinorUnits { get; }

    /// <summary>The currency; unset in <c>default</c>.</summary>
    public Currency Currency { get; }

    /// <summary>Whether the amount is zero.</summary>
    public bool IsZero => MinorUnits == 0;

    /// <summary>Whether the amount is below zero.</summary>
    public bool IsNegative => MinorUnits < 0;

    /// <summary>An amount of minor units.</summary>
    public static Money OfMinor(long minorUnits, Currency currency)
    {
        _ = currency.Code;
        return new Money(minorUnits, currency);
    }

    /// <summary>Nothing, in a currency.</summary>
    public static Money Zero(Currency currency) => OfMinor(0, currency);

    /// <summary>Reads decimal text such as <c>12.34</c>. False for more decimals than the currency has.</summary>
    public static bool TryParse(ReadOnlySpan<char> amount, Currency currency, out Money money)
    {
        var valid = DecimalText.TryParse(amount, currency.Decimals, out var minor);
        money = valid ? OfMinor(minor, currency) : default;
        return valid;
    }

    /// <summary>Sum. Both of one currency.</summary>
    public static Money operator +(Money left, Money right) => new(checked(left.MinorUnits + right.MinorUnits), Shared(left, right));

    /// <summary>Difference. Both of one currency.</summary>
    public static Money operator -(Money left, Money right) => new(checked(left.MinorUnits - right.MinorUnits), Shared(left, right));

    /// <summary>The amount with the other sign.</summary>
    public static Money operator -(Money money) => OfMinor(checked(-money.MinorUnits), money.Currency);

    /// <summary>Less than.</summary>
    public static bool operator <(Money left, Money right) => left.CompareTo(right) < 0;

    /// <summary>Greater than.</summary>
    public static bool operator >(Money left, Money right) => left.CompareTo(right) > 0;

    /// <summary>Less than or equal.</summary>
    public static bool operator <=(Money left, Money right) => left.CompareTo(right) <= 0;

    /// <summary>Greater than or equal.</summary>
    public static bool operator >=(Money left, Money right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    /// <exception cref="InvariantException">The currencies differ.</exception>
    public int CompareTo(Money other)
    {
        _ = Shared(this, other);
        return MinorUnits.CompareTo(other.MinorUnits);
    }

    /// <summary>
    /// Divides the amount over weights without losing a unit: largest remainder first, the earlier weight on a tie.
    /// </summary>
    /// <param name="weights">At least one, none negative, their sum above zero.</param>
    public Money[] Split(ReadOnlySpan<long> weights)
    {
        Int128 total = 0;
        foreach (var weight in weights)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(weight);
            total += weight;
        }

        ArgumentOutOfRangeException.ThrowIfZero(total, nameof(weights));
        var sign = Math.Sign(MinorUnits);
        var amount = Int128.Abs(MinorUnits);
        var shares = new Int128[weights.Length];
        var remainders = new (Int128 Remainder, int Index)[weights.Length];
        var left = amount;
        for (var i = 0; i < weights.Length; i++)
        {
            (shares[i], var remainder) = Int128.DivRem(amount * weights[i], total);
            remainders[i] = (remainder, i);
            left -= shares[i];
        }

        Array.Sort(remainders, static (a, b) => a.Remainder != b.Remainder ? b.Remainder.CompareTo(a.Remainder) : a.Index.CompareTo(b.Index));
        for (var i = 0; i < (int)left; i++) shares[remainders[i].Index]++;
        var currency = Currency;
        return Array.ConvertAll(shares, share => OfMinor((long)(share * sign), currency));
    }

    /// <summary>Such as <c>12.34 USD</c>.</summary>
    public override string ToString() => $"{Amount} {Currency.Code}";

    /// <summary>The amount as decimal text with all decimals of the currency.</summary>
    [JsonIgnore]
    public string Amount => DecimalText.Format(MinorUnits, Currency.Decimals, Currency.Decimals);

    private static Currency Shared(Money left, Money right)
    {
        _ = left.Currency.Code;
        InvariantException.Require(left.Currency == right.Currency, $"Amounts of {left.Currency} and {right.Currency} were mixed.");
        return left.Currency;
    }

    private sealed class JsonObject : JsonConverter<Money>
    {
        public override Money Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var (amount, currency) = CurrencyObject.Read(ref reader, "amount");
            return TryParse(amount, currency, out var money) ? money : throw new JsonException($"'{amount}' is no amount of {currency}.");
        }

        public override void Write(Utf8JsonWriter writer, Money value, JsonSerializerOptions options) =>
            CurrencyObject.Write(writer, "amount", value.Amount, value.Currency);
    }
}
