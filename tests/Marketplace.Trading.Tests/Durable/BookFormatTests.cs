using System.Reflection;
using System.Text;
using Marketplace.Contracts;
using Marketplace.Runtime;
using Marketplace.Trading.Book;
using Marketplace.Trading.Durable.Format;
using NodaTime;
using static Marketplace.Trading.Tests.Given;

namespace Marketplace.Trading.Tests.Durable;

public sealed class BookFormatTests
{
    private static readonly Instant Odd = Monday + Duration.FromNanoseconds(123_456_789);
    private static readonly PriceSchedule ByHour =
        PriceSchedule.TryCreate([.. Enumerable.Range(0, 168).Select(h => Usd(1m + h))], out var schedule) ? schedule : throw new InvalidOperationException();

    // Spelt out, because what version 1 stored is told by them.
    private static readonly AskTerms FullAsk =
        new(Listing(1), Org(1), MachineId.From(Ulid.Create(3, 1)), 4, Hours(0, 24), ByHour, 2, new Capacity(100, 50, 1_000, 10), 1.2m, 400,
            LeaseId.From(Ulid.Create(7, 7)));

    private static readonly AskTerms BareAsk =
        new(Listing(2), Org(1), MachineId.From(Ulid.Create(3, 2)), 4, Hours(0, 24), Usd(2m), 1, new Capacity(0, 0, 0, 0), null, null);

    private static readonly BidTerms FullTerms =
        new(1_000_000, Hours(1, 40), UnitPrice.OfMicros(UnitPrice.MaxMicrosPerGpuHour, Currency.Cny), TimeInForce.GoodTillDate, Odd, FillRule.Partial, 5,
            Placement.SameProvider, new BidRequirements(new Capacity(1, 2, 3, 4), 1.10m, 300), 7, PriceBasis.ProvenPflopHour, true, SelfTradePrevention.PassOver);

    private static readonly BidTerms BareTerms =
        new(4, Hours(1, 5), Usd(1m), TimeInForce.GoodTillCancelled, null, FillRule.AllOrNone, 4, Placement.Any, BidRequirements.None);

    private static readonly BidTraded FullTrade =
        new(TradeId.From(Ulid.Create(1, UInt128.MaxValue)), Bid(1), Org(2), Listing(3), Org(4), MachineId.From(Ulid.Create(9, 9)), 6, Hours(7, 9), Usd(8m),
            new Capacity(1, 2, 3, 4), 5, 6, LeaseId.From(Ulid.Create(7, 7)));

    private static readonly BookBatch EveryEvent = new(
        1L << 39,
        Odd,
        [
            new AskOpened(FullAsk, Odd), new AskOpened(BareAsk, Monday), new AskClosed(Listing(1), Odd, LeaseId.From(Ulid.Create(7, 7)), 3), new AskClosed(Listing(1), Odd), new BidEntered(Bid(1), Org(2), FullTerms),
            new BidEntered(Bid(1), Org(2), BareTerms), new BidReplaced(Bid(1), Org(2), BareTerms, KeepsPriority: true, 3), FullTrade,
            FullTrade with { ResoldLease = null }, new BidEnded(Bid(1), Org(2), BidEnding.OutsidePriceBand, 7),
            new HoursGivenBack(FullTrade.TradeId, Listing(1), 2, Hours(3, 4)), new BookHalted(), new BookResumed(), new PriceBandSet(1.50m), new PriceBandSet(null),
        ]);

    private static readonly BookSnapshot FullSnapshot = new(
        12,
        Odd,
        [new AskState(FullAsk, Odd, 3, IsOpen: true, [new SoldHours(Hours(1, 2), 3), new SoldHours(Hours(4, 6), 1)], Trades: 2), new AskState(BareAsk, Monday, 4, IsOpen: false, [], 0)],
        [new Closing(Listing(1), Odd)],
        [
            new BidState(Bid(1), Org(2), FullTerms, 5, 2, Hour(3), Listing(1), Org(4)), new BidState(Bid(2), Org(2), BareTerms, 6, 0, null, null, null),
        ],
        [new BlockState(FullTrade.TradeId, Listing(1), 2, Hours(1, 9), [Hours(1, 2), Hours(5, 6)])],
        IsHalted: true,
        2.5m,
        [new HourTrades(Currency.Jpy, Hour(-3), 17, Int128.MaxValue)]);

    [Fact]
    public void Every_event_comes_back_as_it_was()
    {
        var kinds = typeof(BookEvent).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(BookEvent)));
        Assert.Equal(kinds.OrderBy(t => t.Name), EveryEvent.Events.Select(e => e.GetType()).Distinct().OrderBy(t => t.Name));
        var back = BookFormat.ReadBatch(BookFormat.Write(EveryEvent));
        Assert.Equal(EveryEvent.Events, back.Events);
        Assert.Equal((EveryEvent.FirstSequence, EveryEvent.At), (back.FirstSequence, back.At));
    }

    [Fact]
    public void A_snapshot_comes_back_as_it_was() => Assert.Equal(Json(FullSnapshot), Json(BookFormat.ReadSnapshot(BookFormat.Write(FullSnapshot))));

    [Fact]
    public void Nothing_that_is_stored_has_the_value_it_would_have_if_it_were_forgotten()
    {
        foreach (var value in EveryEvent.Events.DistinctBy(e => e.GetType()).Cast<object>().Concat([FullTerms, FullAsk, FullSnapshot, FullSnapshot.Asks[0], FullSnapshot.Bids[0], FullSnapshot.Blocks[0]]))
        {
            var parameters = value.GetType().GetConstructors().Single(c => c.GetParameters() is not [var only] || only.ParameterType != value.GetType()).GetParameters();
            foreach (var parameter in parameters)
            {
                var now = value.GetType().GetProperty(parameter.Name!, BindingFlags.Public | BindingFlags.Instance)!.GetValue(value);
                var forgotten = parameter.ParameterType.IsValueType ? Activator.CreateInstance(parameter.ParameterType) : null;
                Assert.False(Equals(now, forgotten), $"{value.GetType().Name}.{parameter.Name} is {now} in the test.");
            }
        }
    }

    [Fact]
    public void What_version_1_stored_stays_readable()
    {
        const string stored = "AoCAgICAIICMwq4NqrTedR4CAQAAAAAAAAAAAAC4RZuhAQEAAAAAAAAAAAAAuEWboQEBAAAAAAAAAAAAAwAAAAAACODoPDBVU0TQAoCJeoCS9AGAm+4CgKToA4Ct4gSAtt"
            + "wFgL/WBoDI0AeA0coIgNrECYDjvgqA7LgLgPWyDID+rA2Ah6cOgJChD4CZmxCAopURgKuPEoC0iROAvYMUgMb9FIDP9xWA2PEWgOHrF4Dq5RiA898ZgPzZGoCF1BuAjs4c"
            + "gJfIHYCgwh6AqbwfgLK2IIC7sCGAxKoigM2kI4DWniSA35glgOiSJoDxjCeA+oYogIOBKYCM+ymAlfUqgJ7vK4Cn6SyAsOMtgLndLoDC1y+Ay9EwgNTLMYDdxTKA5r8zgO"
            + "+5NID4szWAga42gIqoN4CTojiAnJw5gKWWOoCukDuAt4o8gMCEPYDJ/j2A0vg+gNvyP4Dk7ECA7eZBgPbgQoD/2kOAiNVEgJHPRYCayUaAo8NHgKy9SIC1t0mAvrFKgMer"
            + "S4DQpUyA2Z9NgOKZToDrk0+A9I1QgP2HUYCGglKAj/xSgJj2U4Ch8FSAqupVgLPkVoC83leAxdhYgM7SWYDXzFqA4MZbgOnAXIDyul2A+7RegISvX4CNqWCAlqNhgJ+dYo"
            + "Col2OAsZFkgLqLZYDDhWaAzP9mgNX5Z4De82iA5+1pgPDnaoD54WuAgtxsgIvWbYCU0G6AncpvgKbEcICvvnGAuLhygMGyc4DKrHSA06Z1gNygdoDlmneA7pR4gPeOeYCA"
            + "iXqAiYN7gJL9e4Cb93yApPF9gK3rfoC25X+Av9+AAYDI2YEBgNHTggGA2s2DAYDjx4QBgOzBhQGA9buGAYD+tYcBgIewiAGAkKqJAYCZpIoBgKKeiwGAq5iMAYC0ko0BgL"
            + "2MjgGAxoaPAYDPgJABgNj6kAGA4fSRAYDq7pIBgPPokwGA/OKUAYCF3ZUBgI7XlgGAl9GXAYCgy5gBgKnFmQGAsr+aAYC7uZsBgMSznAGAza2dAYDWp54BgN+hnwGA6Jug"
            + "AQTIAWTQDxQCDAAAAAAAAAAAAAAAAAABAAKgBgIHAAAAAAAAAAAABwAAAAAAgIzCrg2qtN51AgIAAAAAAAAAAAAAuEWboQEBAAAAAAAAAAAAALhFm6EBAgAAAAAAAAAAAA"
            + "MAAAAAAAjg6DwwVVNEAoCS9AECAAAAAAAAAICMwq4NAAQBAAAAAAAAAAAAALhFm6EBgIzCrg2qtN51AgcAAAAAAAAAAAAHAAAAAAAGBAEAAAAAAAAAAAAAuEWboQGAjMKu"
            + "Daq03nUAAAYBAAAAAAAAAAAAALhFm6EBAgAAAAAAAAAAAAC4RZuhAYCJeuLoPE6AwKjKmjpDTlkCAoCMwq4NqrTedQIKBAICBAYIAm4AAAAAAAAAAAAAAAAAAgAC2AQCDg"
            + "ICBgYBAAAAAAAAAAAAALhFm6EBAgAAAAAAAAAAAAC4RZuhAQji6DwIgIl6VVNEAAAACAAAAAAAAAgBAAAAAAAAAAAAALhFm6EBAgAAAAAAAAAAAAC4RZuhAQji6DwIgIl6"
            + "VVNEAAAACAAAAAAAAAIGCv////////////8BAAAAAAABAAAAAAAAAAAAALhFm6EBAgAAAAAAAAAAAAC4RZuhAQMAAAAAAAAAAAAAuEWboQEEAAAAAAAAAAAAALhFm6EBCQ"
            + "AAAAAAAAAAAAkAAAAAAAzu6DwEgMjQB1VTRAIEBggKDAIHAAAAAAAAAAAABwAAAAAACv////////////8BAAAAAAABAAAAAAAAAAAAALhFm6EBAgAAAAAAAAAAAAC4RZuh"
            + "AQMAAAAAAAAAAAAAuEWboQEEAAAAAAAAAAAAALhFm6EBCQAAAAAAAAAAAAkAAAAAAAzu6DwEgMjQB1VTRAIEBggKDAAMAQAAAAAAAAAAAAC4RZuhAQIAAAAAAAAAAAAAuE"
            + "WboQEODg7/////////////AQAAAAAAAQAAAAAAAAAAAAC4RZuhAQTm6DwCEBIUApYAAAAAAAAAAAAAAAAAAgAUAA==";
        Assert.Equal(EveryEvent.Events, BookFormat.ReadBatch(Convert.FromBase64String(stored)).Events);
        const string snapshot = "AhiAjMKuDaq03nUCAhkAAAAAAAAAAAAAAAAAAQAEAQAAAAAAAAAAAAC4RZuhAQEAAAAAAAAAAAAAuEWboQEBAAAAAAAAAAAAAwAAAAAACODoPDBVU0TQAoCJeoCS9AGAm+"
            + "4CgKToA4Ct4gSAttwFgL/WBoDI0AeA0coIgNrECYDjvgqA7LgLgPWyDID+rA2Ah6cOgJChD4CZmxCAopURgKuPEoC0iROAvYMUgMb9FIDP9xWA2PEWgOHrF4Dq5RiA898Z"
            + "gPzZGoCF1BuAjs4cgJfIHYCgwh6AqbwfgLK2IIC7sCGAxKoigM2kI4DWniSA35glgOiSJoDxjCeA+oYogIOBKYCM+ymAlfUqgJ7vK4Cn6SyAsOMtgLndLoDC1y+Ay9EwgN"
            + "TLMYDdxTKA5r8zgO+5NID4szWAga42gIqoN4CTojiAnJw5gKWWOoCukDuAt4o8gMCEPYDJ/j2A0vg+gNvyP4Dk7ECA7eZBgPbgQoD/2kOAiNVEgJHPRYCayUaAo8NHgKy9"
            + "SIC1t0mAvrFKgMerS4DQpUyA2Z9NgOKZToDrk0+A9I1QgP2HUYCGglKAj/xSgJj2U4Ch8FSAqupVgLPkVoC83leAxdhYgM7SWYDXzFqA4MZbgOnAXIDyul2A+7RegISvX4"
            + "CNqWCAlqNhgJ+dYoCol2OAsZFkgLqLZYDDhWaAzP9mgNX5Z4De82iA5+1pgPDnaoD54WuAgtxsgIvWbYCU0G6AncpvgKbEcICvvnGAuLhygMGyc4DKrHSA06Z1gNygdoDl"
            + "mneA7pR4gPeOeYCAiXqAiYN7gJL9e4Cb93yApPF9gK3rfoC25X+Av9+AAYDI2YEBgNHTggGA2s2DAYDjx4QBgOzBhQGA9buGAYD+tYcBgIewiAGAkKqJAYCZpIoBgKKeiw"
            + "GAq5iMAYC0ko0BgL2MjgGAxoaPAYDPgJABgNj6kAGA4fSRAYDq7pIBgPPokwGA/OKUAYCF3ZUBgI7XlgGAl9GXAYCgy5gBgKnFmQGAsr+aAYC7uZsBgMSznAGAza2dAYDW"
            + "p54BgN+hnwGA6JugAQTIAWTQDxQCDAAAAAAAAAAAAAAAAAABAAKgBgIHAAAAAAAAAAAABwAAAAAAgIzCrg2qtN51BgIE4ug8Agbo6DwEAgQCAAAAAAAAAAAAALhFm6EBAQ"
            + "AAAAAAAAAAAAC4RZuhAQIAAAAAAAAAAAADAAAAAAAI4Og8MFVTRAKAkvQBAgAAAAAAAACAjMKuDQAIAAAAAgEAAAAAAAAAAAAAuEWboQGAjMKuDaq03nUEAQAAAAAAAAAA"
            + "AAC4RZuhAQIAAAAAAAAAAAAAuEWboQGAiXri6DxOgMCoypo6Q05ZAgKAjMKuDaq03nUCCgQCAgQGCAJuAAAAAAAAAAAAAAAAAAIAAtgEAg4CAgYKBALm6DwCAQAAAAAAAA"
            + "AAAAC4RZuhAQIEAAAAAAAAAAAAALhFm6EBAgAAAAAAAAAAAAC4RZuhAQIAAAAAAAAAAAAAuEWboQEI4ug8CICJelVTRAAAAAgAAAAAAAAMAAAAAAL/////////////AQAA"
            + "AAAAAQAAAAAAAAAAAAC4RZuhAQTi6DwQBOLoPALq6DwCAkpQWdroPCL///////////////////9/";
        Assert.Equal(Json(FullSnapshot), Json(BookFormat.ReadSnapshot(Convert.FromBase64String(snapshot))));
    }

    [Fact]
    public void Another_version_and_a_longer_body_are_refused()
    {
        var body = BookFormat.Write(EveryEvent);
        Assert.Throws<InvalidDataException>(() => BookFormat.ReadBatch((byte[])[.. body, 0]));
        Assert.Throws<InvalidDataException>(() => BookFormat.ReadBatch((byte[])[4, .. body[1..]]));
    }

    private static string Json(BookSnapshot snapshot) => Encoding.UTF8.GetString(MarketplaceJson.Serialize(snapshot));
}
