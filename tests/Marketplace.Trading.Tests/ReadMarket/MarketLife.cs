using CsCheck;
using Marketplace.Trading.Book;
using NodaTime;
using static Marketplace.Trading.Tests.Given;

namespace Marketplace.Trading.Tests.ReadMarket;

/// <summary>One step of a random life of a book, with every kind of order there is: what it refers to is chosen when it is taken.</summary>
internal sealed record MarketStep(int Minutes, int Kind, int Pick, int Org, int Gpus, int Price, int From, int Length, int Flavour)
{
    private static readonly UnitPrice[] ByHour = [.. Enumerable.Range(0, PriceSchedule.HoursPerWeek).Select(hour => Usd(1 + (hour / 3 % 4)))];

    public static Gen<MarketStep[]> Lives(int longest) =>
        Gen.Select(
            Gen.Frequency((3, Gen.Const(0)), (1, Gen.Int[1, 70])), Gen.Int[0, 23], Gen.Int[0, 11], Gen.Int[0, 3],
            Gen.Select(Gen.Int[1, 5], Gen.Int[1, 6]), Gen.Select(Gen.Int[0, 9], Gen.Int[1, 6]), Gen.Int[0, 11],
            (minutes, kind, pick, org, gpusAndPrice, hours, flavour) =>
                new MarketStep(minutes, kind, pick, org, gpusAndPrice.Item1, gpusAndPrice.Item2, hours.Item1, hours.Item2, flavour))
        .Array[1, longest];

    /// <summary>The command of this step, or null if there is nothing yet that it could refer to.</summary>
    public BookCommand? ToCommand(int number, Instant now, IReadOnlyList<BidTraded> trades, IReadOnlyList<BidView> waiting) => Kind switch
    {
        <= 5 => new OpenAsk(AskOf(), now),
        6 => new CloseAsk(Listing(Pick % 5), now),
        7 => waiting.Count == 0 ? null : new WithdrawBid(waiting[Pick % waiting.Count].BidId),
        8 or 9 => trades.Count == 0 ? null : GiveBackOf(trades[^(1 + (Pick % trades.Count))]),
        10 => new ExpireBids(),
        11 => trades.Count == 0 ? null : ResaleOf(number, trades[^(1 + (Pick % trades.Count))], now),
        12 or 13 => waiting.Count == 0 ? null : ReplacementOf(waiting[Pick % waiting.Count]),
        14 => Flavour < 3 ? new HaltBook() : new ResumeBook(),
        _ => new EnterBid(Bid(number), Given.Org(Org), BidOf(now)),
    };

    private AskTerms AskOf()
    {
        var ask = Ask(Pick % 5, Price, Gpus, From, From + Length + 3, provider: Org);
        if (Flavour < 4 && PriceSchedule.TryCreate(ByHour, out var schedule)) return ask with { Price = schedule };
        return Flavour == 4 ? ask with { Price = UnitPrice.OfMicros(Price * 1_000_000, Currency.Cny) } : ask;
    }

    private BidTerms BidOf(Instant now)
    {
        var timeInForce = (Pick % 6) switch
        {
            0 => TimeInForce.ImmediateOrCancel,
            1 => TimeInForce.GoodTillDate,
            _ => TimeInForce.GoodTillCancelled,
        };
        var terms = Terms(
            Price, Gpus, From, From + Length, timeInForce, Flavour % 2 == 0 ? 1 : null, (Placement)(Flavour % 3),
            timeInForce == TimeInForce.GoodTillDate ? now + Duration.FromMinutes(Flavour * 15) : null);
        return terms with
        {
            FlexibleHours = Pick < 4 && Length > 1 ? 1 + (Pick % (Length - 1)) : null,
            PriceBasis = Flavour == 11 ? PriceBasis.ProvenPflopHour : PriceBasis.GpuHour,
            SelfTradePrevention = (SelfTradePrevention)(Flavour % 4),
            PostOnly = Flavour == 9,
        };
    }

    private GiveBack GiveBackOf(BidTraded trade)
    {
        var from = trade.Window.From + (From % trade.Window.Hours);
        var hours = 1 + (Length % (trade.Window.To - from));
        return new GiveBack(trade.TradeId, trade.ListingId, trade.GpuCount, HourWindow.Starting(from, hours), StopOffering: Flavour == 3);
    }

    private OpenResale ResaleOf(int number, BidTraded trade, Instant now) => new(
        Listing(100 + number), trade.ListingId, LeaseId.From(trade.TradeId.Ulid), trade.Buyer, 1 + (Gpus % trade.GpuCount), trade.Window, Usd(Price), now);

    private ReplaceBid ReplacementOf(BidView bid)
    {
        var terms = bid.Terms with { GpuCount = Gpus, Limit = UnitPrice.OfMicros(Price * 1_000_000, bid.Terms.Limit.Currency) };
        return new ReplaceBid(bid.BidId, terms with { MinimumGpuCount = terms.FillRule == FillRule.Partial ? 1 : Gpus });
    }
}

/// <summary>A book that lives through steps.</summary>
internal sealed class MarketLife
{
    private readonly List<BidTraded> trades = [];
    private Instant now = Monday;
    private int number;

    public OrderBook Book { get; } = new(Given.Book);

    /// <summary>The batches of some steps, each as soon as it is made, as it would be stored.</summary>
    public IEnumerable<BookBatch> Live(MarketStep[] steps)
    {
        foreach (var step in steps)
        {
            number++;
            now += Duration.FromMinutes(step.Minutes);
            if (step.ToCommand(number, now, trades, [.. Book.Bids.OrderBy(bid => bid.BidId)]) is not { } command) continue;
            if (command is OpenResale resale && Book.ToSnapshot().Asks.All(ask => ask.Terms.ListingId != resale.Original)) continue;
            var batch = Book.Apply(command, now);
            if (batch.Events.Count == 0) continue;
            trades.AddRange(batch.Events.OfType<BidTraded>());
            yield return batch;
        }
    }
}
