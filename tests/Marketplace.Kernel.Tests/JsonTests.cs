using System.Text.Json;
using CsCheck;
using NodaTime;

namespace Marketplace.Kernel.Tests;

public sealed class JsonTests
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);
    private static readonly HourSlot Slot = HourSlot.Containing(Instant.FromUtc(2026, 11, 23, 9, 0));

    public static TheoryData<object, string> Values { get; } = new()
    {
        { Money.OfMinor(1234, Currency.Usd), """{"amount":"12.34","currency":"USD"}""" },
        { Money.OfMinor(-5, Currency.Jpy), """{"amount":"-5","currency":"JPY"}""" },
        { UnitPrice.OfMicros(2_100_000, Currency.Cny), """{"perGpuHour":"2.10","currency":"CNY"}""" },
        { Currency.Usd, "\"USD\"" },
        { GpuTime.OfGpuSeconds(7200), "7200" },
        { Slot, "\"2026-11-23T09:00:00Z\"" },
        { HourWindow.Starting(Slot, 8), """{"from":"2026-11-23T09:00:00Z","to":"2026-11-23T17:00:00Z"}""" },
        { BillingPeriod.Containing(Slot.Start), "\"2026-11\"" },
        { BidId.Parse("bid_01JABCDEFGHJKMNPQRSTVWXYZ0"), "\"bid_01JABCDEFGHJKMNPQRSTVWXYZ0\"" },
        { GpuModelId.Parse("nvidia-h200-sxm"), "\"nvidia-h200-sxm\"" },
        { HubId.Parse("guizhou"), "\"guizhou\"" },
        { new BookKey(GpuModelId.Parse("nvidia-h200-sxm"), HubId.Parse("guizhou")), """{"model":"nvidia-h200-sxm","hub":"guizhou"}""" },
        { ResourceIdentifier.Of("GZ", 42), "\"GZ-00000042-I\"" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void Values_have_a_stable_form_and_come_back(object value, string json)
    {
        Assert.Equal(json, JsonSerializer.Serialize(value, Options));
        Assert.Equal(value, JsonSerializer.Deserialize(json, value.GetType(), Options));
    }

    [Fact]
    public void Money_comes_back_from_json() => Gen.Select(Gen.Long, Gen.Int[0, Currency.Known.Count - 1].Select(i => Currency.Known[i])).Sample((minor, currency) =>
    {
        var money = Money.OfMinor(minor, currency);
        Assert.Equal(money, JsonSerializer.Deserialize<Money>(JsonSerializer.Serialize(money, Options), Options));
    });

    [Theory]
    [InlineData(typeof(Money), """{"amount":12.34,"currency":"USD"}""")]
    [InlineData(typeof(Money), """{"amount":"12.345","currency":"USD"}""")]
    [InlineData(typeof(Money), """{"amount":"12.34"}""")]
    [InlineData(typeof(Money), """{"amount":"12.34","currency":"XXX"}""")]
    [InlineData(typeof(Money), """{"amount":"12.34","currency":"USD","extra":1}""")]
    [InlineData(typeof(Money), "\"12.34 USD\"")]
    [InlineData(typeof(UnitPrice), """{"perGpuHour":"-1","currency":"USD"}""")]
    [InlineData(typeof(GpuTime), "-1")]
    [InlineData(typeof(HourSlot), "\"2026-11-23T09:30:00Z\"")]
    [InlineData(typeof(HourSlot), "\"2026-11-23T09:00:00+08:00\"")]
    [InlineData(typeof(BillingPeriod), "\"2026-13\"")]
    [InlineData(typeof(Id<BidKind>), "\"lse_01JABCDEFGHJKMNPQRSTVWXYZ0\"")]
    [InlineData(typeof(ResourceIdentifier), "\"GZ-00000042-J\"")]
    [InlineData(typeof(HubId), "\"No Hub\"")]
    public void What_is_no_value_is_not_read(Type type, string json) => Assert.ThrowsAny<Exception>(() =>
    {
        try
        {
            JsonSerializer.Deserialize(json, type, Options);
        }
        catch (InvalidOperationException wrongToken)
        {
            throw new JsonException("A token of the wrong type.", wrongToken);
        }
    });
}
