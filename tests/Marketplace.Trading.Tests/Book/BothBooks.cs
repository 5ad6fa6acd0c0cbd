using Marketplace.Runtime;
using Marketplace.Trading.Book;
using Marketplace.Trading.Tests.Model;
using NodaTime;
using static Marketplace.Trading.Tests.Given;

namespace Marketplace.Trading.Tests.Book;

/// <summary>The engine and its model side by side: every command goes to both, and they must tell the same.</summary>
internal sealed class BothBooks
{
    private static readonly Currency[] Currencies = [Currency.Usd, Currency.Cny];
    private readonly BookInvariants invariants = new();
    private readonly List<TradeId> trades = [];

    public OrderBook Engine { get; private set; } = new(Given.Book);

    public SlowMarket Model { get; } = new();

    public List<BookBatch> Batches { get; } = [];

    /// <summary>As they were given to the engine.</summary>
    public List<(BookCommand Command, Instant At)> Commands { get; } = [];

    /// <summary>All that a command brought about, in words.</summary>
    public List<string> Apply(BookCommand command, Instant at)
    {
        var expected = Model.Do(command, at);
        // The model numbers trades; the engine has ids of its own.
        if (command is GiveBack back) command = back with { TradeId = trades[Telling.NumberOf(back.TradeId.Ulid) - 1] };
        var batch = Engine.Apply(command, at);
        var told = batch.Told();
        Assert.Equal(expected, told);
        invariants.Check(batch);
        foreach (var currency in Currencies) Assert.Equal(Model.PricesOf(currency), PricesOf(currency));
        trades.AddRange(batch.Events.OfType<BidTraded>().Select(e => e.TradeId));
        Batches.Add(batch);
        Commands.Add((command, at));
        return told;
    }

    /// <summary>What a bid would buy if it came in now, as its trades would be told.</summary>
    public List<string> Quote(EnterBid bid, Instant at)
    {
        if (Engine.Quote(bid.Terms, bid.Buyer, at) is not { } quote) return [];
        var number = Telling.NumberOf(bid.BidId.Ulid);
        return [.. quote.Fills.Select(f => Telling.Trade(number, Telling.NumberOf(f.Ask.ListingId.Ulid), f.GpuCount, quote.Window, f.Price))];
    }

    /// <summary>Goes on with an engine that was loaded from a snapshot.</summary>
    public void Reload() => Engine = OrderBook.Of(Given.Book, Stored(Engine.ToSnapshot()));

    private (long? Reference, long? Lowest, long? Highest) PricesOf(Currency currency)
    {
        var band = Engine.BandFor(currency);
        return (Engine.ReferenceFor(currency)?.MicrosPerGpuHour, band?.Lowest.MicrosPerGpuHour, band?.Highest.MicrosPerGpuHour);
    }

    public static T Stored<T>(T value) => MarketplaceJson.Deserialize<T>(MarketplaceJson.Serialize(value));
}
