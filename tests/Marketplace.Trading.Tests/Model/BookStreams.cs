using CsCheck;
using Marketplace.Trading.Book;

namespace Marketplace.Trading.Tests.Model;

/// <summary>A step, and the minutes that pass before it; below 0 the clock goes back.</summary>
internal sealed record TimedStep(int Minutes, BookStep Step);

/// <summary>
/// How often what happens in a random life of a book. <see cref="BookCoverageTests"/> holds that everything does.
/// </summary>
internal static class BookStreams
{
    private static readonly Gen<bool> Seldom = Gen.Frequency((7, false), (1, true));

    private static readonly Gen<bool> Yuan = Gen.Frequency((14, false), (1, true));

    private static readonly Gen<BookStep> Opens =
        from listing in Gen.Int[0, 8]
        from gpus in Gen.Int[1, 4]
        from price in Gen.Int[1, 6]
        from curve in Gen.Frequency((3, 0), (1, 1), (2, 2))
        from yuan in Yuan
        from start in Gen.Int[-1, 3]
        from hours in Gen.Frequency((3, Gen.Int[4, 9]), (1, Gen.Int[1, 2])) // short ones sell out
        from minimum in Gen.Frequency((6, 1), (1, 2), (1, 3))
        from figures in Gen.Int[0, 3]
        from late in Gen.Frequency((6, 0), (1, 45))
        select (BookStep)new OpenStep(listing, gpus, price, curve, yuan, start, hours, minimum, figures, late);

    // Half a dollar apart, seldom a broken number, seldom far from everything.
    private static readonly Gen<int> Limits = Gen.Frequency(
        (12, Gen.Int[2, 8].Select(halves => halves * 500_000)),
        (3, Gen.Int[500_000, 4_000_000]),
        (1, Gen.Int[0, 1].Select(high => high == 1 ? 90_000_000 : 10_000)));

    private static readonly Gen<TimeInForce> TimesInForce = Gen.Frequency(
        (10, TimeInForce.GoodTillCancelled), (3, TimeInForce.GoodTillDate), (2, TimeInForce.ImmediateOrCancel), (2, TimeInForce.FillOrKill));

    private static readonly Gen<SelfTradePrevention> SelfTrades = Gen.Frequency(
        (2, SelfTradePrevention.ExpireTaker), (1, SelfTradePrevention.ExpireMaker), (1, SelfTradePrevention.ExpireBoth), (1, SelfTradePrevention.PassOver));

    private static readonly Gen<BookStep> Enters =
        from buyer in Gen.Int[0, 4]
        from gpus in Gen.Int[1, 6]
        from least in Gen.Frequency((1, Gen.Const(0)), (1, Gen.Int[1, 4]))
        from limit in Limits
        from yuan in Yuan
        from start in Gen.Frequency((1, Gen.Int[-1, 0]), (9, Gen.Int[1, 4]))
        from hours in Gen.Int[1, 3]
        from slack in Sometimes(3, 2, Gen.Int[0, 4])
        from timeInForce in TimesInForce
        from minutes in Gen.Int[-1, 12].Select(tens => tens * 10)
        from placement in Gen.Frequency((3, Placement.Any), (2, Placement.SameMachine), (2, Placement.SameProvider))
        from basis in Gen.Frequency((3, PriceBasis.GpuHour), (2, PriceBasis.ProvenPflopHour))
        from postOnly in Seldom
        from selfTrade in SelfTrades
        from wants in Gen.Frequency((6, Gen.Const(0)), (1, Gen.Int[1, 6]))
        select (BookStep)new EnterStep(
            buyer, gpus, least, limit, yuan, start, hours, slack, timeInForce, minutes, placement, basis, postOnly, selfTrade, wants);

    private static readonly Gen<BookStep> Replaces =
        from bid in Gen.Int[0, 9]
        from ofAll in Seldom
        from more in Gen.Frequency((1, Gen.Const(0)), (2, Gen.Int[-3, 2]))
        from dearer in Gen.Frequency((3, Gen.Const(0)), (3, Gen.Int[-2, 4].Select(halves => halves * 500_000)), (1, Gen.Const(90_000_000)))
        from least in Gen.Frequency((2, Gen.Const(0)), (1, Gen.Int[1, 3]))
        from minutes in Sometimes(4, 1, Gen.Int[-1, 90])
        select (BookStep)new ReplaceStep(bid, ofAll, more, dearer, least, minutes);

    private static readonly Gen<BookStep> GiveBacks = Gen.Select(
        Gen.Int[0, 9], Gen.Int[0, 2], Gen.Int[0, 2], Seldom, (trade, from, hours, stop) => (BookStep)new GiveBackStep(trade, from, hours, stop));

    private static readonly Gen<BookStep> Resells = Gen.Select(
        Gen.Int[0, 9], Gen.Int[0, 3], Gen.Int[1, 7], Gen.Int[0, 2], Gen.Int[0, 2], Seldom,
        (trade, gpus, price, from, hours, late) => (BookStep)new ResellStep(trade, gpus, price, from, hours, late));

    private static readonly Gen<BookStep> Closes = Gen.Select(
        Gen.Int[0, 8], Seldom, Gen.Frequency((3, 0), (1, 45)), (listing, unknown, late) => (BookStep)new CloseStep(listing, unknown, late));

    private static readonly Gen<BookStep> Withdraws = Gen.Select(Gen.Int[0, 9], Seldom, (bid, ofAll) => (BookStep)new WithdrawStep(bid, ofAll));

    private static readonly Gen<BookStep> Bands =
        Gen.OneOf<decimal?>(null, 1.25m, 2m, 10m).Select(ratio => (BookStep)new PlainStep(new SetPriceBand(ratio)));

    private static readonly Gen<BookStep> Tries = Gen.Select(Seldom, Gen.Int[0, 5], (all, listing) => (BookStep)new TryStep(all ? null : listing));

    private static readonly Gen<BookStep> Steps = Gen.Frequency(
        (26, Opens), (40, Enters), (9, Replaces), (3, Withdraws), (4, Closes), (8, GiveBacks), (4, Resells),
        (4, Gen.Int[0, 9].Select(n => (BookStep)new AgainStep(n))), (2, Tries), (2, Plain(new ExpireBids())),
        (2, Plain(new HaltBook())), (10, Seldom.Select(anyway => (BookStep)new ResumeStep(anyway))), (1, Bands));

    // Mostly none, sometimes up to more than an hour, seldom back, and more seldom a day.
    private static readonly Gen<int> Minutes = Gen.Frequency(
        (100, Gen.Const(0)), (20, Gen.Int[1, 60]), (4, Gen.Int[-20, -1]), (1, Gen.Int[600, 1700]));

    public static Gen<TimedStep[]> OfLength(int longest) =>
        Gen.Select(Minutes, Steps, (minutes, step) => new TimedStep(minutes, step)).Array[1, longest];

    private static Gen<int?> Sometimes(int not, int often, Gen<int> number) => Gen.Frequency(
        (not, number.Select(_ => (int?)null)), (often, number.Select(n => (int?)n)));

    private static Gen<BookStep> Plain(BookCommand command) => Gen.Const<BookStep>(new PlainStep(command));
}
