using CsCheck;
using Marketplace.Trading.Book;
using NodaTime;
using static Marketplace.Trading.Tests.Given;

namespace Marketplace.Trading.Tests.Model;

/// <summary>
/// A step of a random life of a book: small numbers, so that orders meet. What a step refers to is chosen when it is taken, from what
/// there is by then, so that a stream stays meaningful while it shrinks.
/// </summary>
internal sealed record BookStep(int Minutes, int Kind, int Pick, int Org, int Gpus, int Price, int From, int Length, int Flavour)
{
    public static Gen<BookStep[]> Streams(int longest) =>
        Gen.Select(
            Gen.Frequency((3, Gen.Const(0)), (1, Gen.Int[1, 70])), Gen.Int[0, 19], Gen.Int[0, 11], Gen.Int[0, 3],
            Gen.Select(Gen.Int[1, 5], Gen.Int[1, 6]), Gen.Select(Gen.Int[0, 8], Gen.Int[1, 5]), Gen.Int[0, 11],
            (minutes, kind, pick, org, gpusAndPrice, hours, flavour) =>
                new BookStep(minutes, kind, pick, org, gpusAndPrice.Item1, gpusAndPrice.Item2, hours.Item1, hours.Item2, flavour))
        .Array[1, longest];

    /// <summary>The command of this step, or null if there is nothing to refer to yet.</summary>
    public BookCommand? ToCommand(int number, Instant now, IReadOnlyList<SlowMarket.Sale> sales) => Kind switch
    {
        <= 5 => new OpenAsk(
            Ask(Pick % 5, Price, Gpus, From, From + Length + 3, provider: Org, minimumHours: 1 + (Flavour / 6), int8: 100 + Flavour),
            Flavour == 5 ? now - Duration.FromMinutes(30) : now),
        6 => new CloseAsk(Listing(Pick % 5), Flavour == 5 ? now - Duration.FromMinutes(30) : now),
        7 => new WithdrawBid(Bid(number - (number == 0 ? 0 : 1 + (Pick % number)))),
        8 or 9 => sales.Count == 0 ? null : GiveBackOf(sales[^(1 + (Pick % sales.Count))]),
        10 => new ExpireBids(),
        _ => new EnterBid(Bid(number), Given.Org(Org), BidOf(now)),
    };

    private BidTerms BidOf(Instant now)
    {
        var timeInForce = (Pick % 6) switch
        {
            0 => TimeInForce.ImmediateOrCancel,
            1 => TimeInForce.FillOrKill,
            2 => TimeInForce.GoodTillDate,
            _ => TimeInForce.GoodTillCancelled,
        };
        var partial = timeInForce != TimeInForce.FillOrKill && Flavour % 2 == 0;
        return Terms(
            Price + 0.5m,
            Gpus,
            From,
            From + Length,
            timeInForce,
            partial ? 1 + (Flavour % Gpus) : null,
            Flavour % 3 == 0 ? Placement.SameMachine : Placement.Any,
            timeInForce == TimeInForce.GoodTillDate ? now + Duration.FromMinutes((Flavour * 10) - 5) : null,
            Flavour == 7 ? new BidRequirements(new Contracts.Capacity(105, 0, 0, 0), 1.5m, null) : null);
    }

    private GiveBack GiveBackOf(SlowMarket.Sale sale)
    {
        var from = sale.Window.From + (From % sale.Window.Hours);
        var hours = 1 + (Length % (sale.Window.To - from));
        return new GiveBack(sale.TradeId, Listing(sale.Listing), sale.Gpus, HourWindow.Starting(from, hours), StopOffering: Flavour == 3);
    }
}
