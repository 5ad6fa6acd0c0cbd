using Marketplace.Api.Problems;
using Marketplace.Client.Models;
using NodaTime;
using NodaTime.Text;

namespace Marketplace.Api.Requests;

/// <summary>
/// Turns the wire values of one request into values of the kernel and gathers what is wrong with any of them. A method gives
/// <c>default</c> for a bad value: read all fields first, ask for <see cref="Problem"/> next, and use them after that.
/// </summary>
public sealed class Fields
{
    private readonly List<FieldError> errors = [];

    /// <summary>Whether every field so far is good.</summary>
    public bool AreValid => errors.Count == 0;

    /// <summary>Names every bad field.</summary>
    public ApiProblem Problem => new(ProblemTypes.InvalidFields, ProblemTypes.InvalidFields.Advice, [.. errors]);

    /// <summary>Notes that a field is bad.</summary>
    /// <param name="pointer">JSON pointer, such as <c>/window/from</c>.</param>
    /// <param name="detail">What it should be.</param>
    public void Add(string pointer, string detail) => errors.Add(new FieldError(pointer, detail));

    /// <summary>An id.</summary>
    public Id<TKind> Id<TKind>(string pointer, string? text)
        where TKind : IIdKind
    {
        if (!IsGiven(pointer, text)) return default;
        return Kernel.Id<TKind>.TryParse(text, out var id) ? id : Bad<Id<TKind>>(pointer, $"Expected an id such as '{TKind.Prefix}_01J…'.");
    }

    /// <summary>A whole number in a range.</summary>
    public int Int(string pointer, int? value, int min, int max)
    {
        if (!IsGiven(pointer, value)) return default;
        return value >= min && value <= max ? value.Value : Bad<int>(pointer, $"Expected a whole number from {min} to {max}.");
    }

    /// <summary>A whole number in a range.</summary>
    public long Long(string pointer, long? value, long min, long max)
    {
        if (!IsGiven(pointer, value)) return default;
        return value >= min && value <= max ? value.Value : Bad<long>(pointer, $"Expected a whole number from {min} to {max}.");
    }

    /// <summary>True or false.</summary>
    public bool Bool(string pointer, bool? value) => IsGiven(pointer, value) && value!.Value;

    /// <summary>Text of a length in characters, without control characters and not blank.</summary>
    public string Text(string pointer, string? value, int minLength, int maxLength)
    {
        if (!IsGiven(pointer, value)) return "";
        var good = value!.Length >= minLength && value.Length <= maxLength && !value.Any(char.IsControl) && (minLength == 0 || !string.IsNullOrWhiteSpace(value));
        return good ? value : Bad<string>(pointer, $"Expected {minLength} to {maxLength} characters, no control characters.") ?? "";
    }

    /// <summary>Bytes as base64 or base64url, without spaces.</summary>
    public byte[] Bytes(string pointer, string? value, int minLength, int maxLength)
    {
        if (!IsGiven(pointer, value)) return [];
        var buffer = new byte[maxLength + 3];
        var text = value!.Replace('-', '+').Replace('_', '/');
        text = text.PadRight((text.Length + 3) / 4 * 4, '=');
        return Convert.TryFromBase64String(text, buffer, out var written) && written >= minLength && written <= maxLength && !value.Any(char.IsWhiteSpace)
            ? buffer[..written]
            : Bad<byte[]>(pointer, $"Expected {minLength} to {maxLength} bytes as base64.") ?? [];
    }

    /// <summary>The name of an enum's member, in camelCase.</summary>
    public TEnum Enum<TEnum>(string pointer, string? value)
        where TEnum : struct, Enum
    {
        if (!IsGiven(pointer, value)) return default;
        foreach (var member in System.Enum.GetValues<TEnum>())
        {
            if (WireForms.Name(member) == value) return member;
        }

        return Bad<TEnum>(pointer, $"Expected one of {string.Join(", ", System.Enum.GetValues<TEnum>().Select(WireForms.Name))}.");
    }

    /// <summary>The name of an enum's member, or what is meant where nothing is said.</summary>
    public TEnum Enum<TEnum>(string pointer, string? value, TEnum unlessSaid)
        where TEnum : struct, Enum => value is null ? unlessSaid : Enum<TEnum>(pointer, value);

    /// <summary>A GPU class, by the form of its id.</summary>
    public GpuModelId GpuModel(string pointer, string? value)
    {
        if (!IsGiven(pointer, value)) return default;
        return GpuModelId.TryParse(value, out var id) ? id : Bad<GpuModelId>(pointer, "Expected a GPU class: lower-case letters, digits and hyphens.");
    }

    /// <summary>A hub, by the form of its id.</summary>
    public HubId Hub(string pointer, string? value)
    {
        if (!IsGiven(pointer, value)) return default;
        return HubId.TryParse(value, out var id) ? id : Bad<HubId>(pointer, "Expected a hub: lower-case letters, digits and hyphens.");
    }

    /// <summary>A currency.</summary>
    public Currency Currency(string pointer, string? code)
    {
        if (!IsGiven(pointer, code)) return default;
        return Kernel.Currency.TryParse(code, out var currency) ? currency : Bad<Currency>(pointer, $"Expected one of {string.Join(", ", Kernel.Currency.Known)}.");
    }

    /// <summary>An amount, zero or more.</summary>
    public Money Money(string pointer, MoneyModel? value)
    {
        if (!IsGiven(pointer, value)) return default;
        var currency = Currency(pointer + "/currency", value!.Currency);
        if (!IsGiven(pointer + "/amount", value.Amount) || currency.IsUnset) return default;
        return Kernel.Money.TryParse(value.Amount, currency, out var money) && !money.IsNegative
            ? money
            : Bad<Money>(pointer + "/amount", $"Expected decimal text such as '12.34', zero or more, at most {currency.Decimals} decimals.");
    }

    /// <summary>A price above zero.</summary>
    public UnitPrice UnitPrice(string pointer, UnitPriceModel? value) =>
        IsGiven(pointer, value) ? UnitPrice(pointer + "/perGpuHour", value!.PerGpuHour, Currency(pointer + "/currency", value.Currency)) : default;

    /// <summary>A price above zero in a currency that was read before; a bad currency is not named again.</summary>
    public UnitPrice UnitPrice(string pointer, string? value, Currency currency)
    {
        if (!IsGiven(pointer, value) || currency.IsUnset) return default;
        return Kernel.UnitPrice.TryParse(value, currency, out var price) && price.MicrosPerGpuHour > 0
            ? price
            : Bad<UnitPrice>(pointer, "Expected decimal text such as '2.10', above zero, at most a million and six decimals.");
    }

    /// <summary>Prices above zero: one, or one for every hour of the week.</summary>
    public PriceSchedule? PriceSchedule(string pointer, PriceScheduleModel? value)
    {
        if (!IsGiven(pointer, value)) return null;
        if (value is { PerGpuHour: not null, PerGpuHourOfWeek: not null }) return Bad<PriceSchedule>(pointer, "Expected perGpuHour or perGpuHourOfWeek, not both.");
        var before = errors.Count;
        var currency = Currency(pointer + "/currency", value!.Currency);
        if (value.PerGpuHourOfWeek is not { } week)
        {
            var flat = UnitPrice(pointer + "/perGpuHour", value.PerGpuHour, currency);
            return errors.Count > before ? null : flat;
        }

        pointer += "/perGpuHourOfWeek";
        if (week.Count != Kernel.PriceSchedule.HoursPerWeek)
        {
            return Bad<PriceSchedule>(pointer, $"Expected {Kernel.PriceSchedule.HoursPerWeek} prices, one for every hour of the week from Monday 00:00 UTC.");
        }

        var prices = week.Select((price, hour) => UnitPrice($"{pointer}/{hour}", price, currency)).ToList();
        return errors.Count == before && Kernel.PriceSchedule.TryCreate(prices, out var schedule) ? schedule : null;
    }

    /// <summary>An instant, RFC 3339 in UTC.</summary>
    public Instant Instant(string pointer, string? value)
    {
        if (!IsGiven(pointer, value)) return default;
        var parsed = InstantPattern.ExtendedIso.Parse(value!);
        return parsed.Success ? parsed.Value : Bad<Instant>(pointer, "Expected an instant such as '2026-11-23T09:00:00Z'.");
    }

    /// <summary>A window of whole hours. Whether it is in the past is the module's question.</summary>
    public HourWindow Window(string pointer, WindowModel? value)
    {
        if (!IsGiven(pointer, value)) return default;
        var before = errors.Count;
        var from = Slot(pointer + "/from", value!.From);
        var to = Slot(pointer + "/to", value.To);
        if (errors.Count > before) return default;
        return HourWindow.TryCreate(from, to, out var window)
            ? window
            : Bad<HourWindow>(pointer, $"Expected 'to' after 'from', at most {HourWindow.MaxHours} hours.");
    }

    private HourSlot Slot(string pointer, string? value)
    {
        if (!IsGiven(pointer, value)) return default;
        return InstantPattern.ExtendedIso.Parse(value!) is { Success: true } parsed && HourSlot.TryStartingAt(parsed.Value, out var slot)
            ? slot
            : Bad<HourSlot>(pointer, "Expected an instant on the hour, such as '2026-11-23T09:00:00Z'.");
    }

    private bool IsGiven<T>(string pointer, T? value)
    {
        if (value is null) Add(pointer, "This is required.");
        return value is not null;
    }

    private T? Bad<T>(string pointer, string detail)
    {
        Add(pointer, detail);
        return default;
    }
}
