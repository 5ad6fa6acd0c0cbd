using CsCheck;
using Marketplace.Trading.Book;

namespace Marketplace.Trading.Tests.Model;

/// <summary>
/// A generator that stops producing something is found here, not by the bugs that it then lets through. The streams are always the
/// same, so that this fails only when the generator or the rules change: then see which number fell to nothing, and why.
/// </summary>
public sealed class BookCoverageTests
{
    private const uint Streams = 1_000;

    // What is one of a kind; what combines is below.
    private static readonly string[] Once =
    [
        "EnterBid: end WindowStarted after none", "EnterBid: end WindowStarted after some", "EnterBid: end DateReached after none",
        "EnterBid: end NotFilledAtOnce after none", "EnterBid: end NotFilledAtOnce after some", "EnterBid: end OutsidePriceBand after none",
        "EnterBid: end SelfTrade after none", "EnterBid: end SelfTrade after some", "EnterBid: end WouldTrade after none", "EnterBid: trade",
        "EnterBid again: nothing",
        "ReplaceBid: replace, keeps its place", "ReplaceBid: replace, loses its place", "ReplaceBid: trade", "ReplaceBid: nothing",
        "ReplaceBid: end Cancelled after some", "ReplaceBid: end DateReached after none", "ReplaceBid: end SelfTrade after none",
        "ReplaceBid: end WouldTrade after none",
        "WithdrawBid: end Cancelled after none", "WithdrawBid: end Cancelled after some", "WithdrawBid: nothing",
        "expiry: end WindowStarted after none", "expiry: end WindowStarted after some", "expiry: end DateReached after none",
        "expiry: end DateReached after some", "expiry: several at once",
        "OpenAsk: open", "OpenAsk: trade", "OpenAsk: nothing", "OpenAsk: end SelfTrade after none", "OpenAsk: end SelfTrade after some",
        "OpenAsk again: nothing", "OpenAsk again: open",
        "OpenResale: open resale", "OpenResale: trade", "OpenResale again: nothing", "resale: sold", "resale: of a resale",
        "CloseAsk: close", "CloseAsk: nothing", "CloseAsk again: nothing",
        "GiveBack: back", "GiveBack: close", "GiveBack: trade", "GiveBack: nothing", "GiveBack again: nothing",
        "HaltBook: halt", "halted HaltBook again: nothing", "ResumeBook: nothing", "SetPriceBand: band", "SetPriceBand: nothing", "TryBids: nothing",
        "halted EnterBid: end BookHalted after none", "halted EnterBid: end WindowStarted after none", "halted EnterBid: end DateReached after none",
        "halted ReplaceBid: nothing", "halted WithdrawBid: end Cancelled after none", "halted OpenAsk: open", "halted OpenResale: open resale",
        "halted CloseAsk: close", "halted GiveBack: back", "halted SetPriceBand: band", "halted TryBids: nothing",
        "halted ResumeBook: resume", "halted ResumeBook: trade", "halted ResumeBook: end SelfTrade after none",
        "halted ResumeBook: end WouldTrade after none",
        "self-trade: ExpireTaker on EnterBid", "self-trade: ExpireTaker on ReplaceBid", "self-trade: ExpireTaker on ResumeBook",
        "self-trade: ExpireBoth on EnterBid", "self-trade: ExpireBoth on OpenAsk", "self-trade: ExpireMaker on OpenAsk",
        "block price rounded up", "another currency", "listing sold out", "requirements met", "the running hour bought",
        "flexible: a later start, AllOrNone", "flexible: a later start, Partial",
        "the rest, less than the minimum", "the rest later: of another machine of the provider",
    ];

    [Fact]
    public void Random_lives_reach_every_rule()
    {
        var coverage = new BookCoverage();
        for (uint stream = 0; stream < Streams; stream++) coverage.Play(BookStreams.OfLength(60).Generate(new PCG(stream, seed: 42), null, out _));
        var output = TestContext.Current.TestOutputHelper!;
        foreach (var (what, count) in coverage.Counts) output.WriteLine($"{count,6} {what}");
        Assert.Equal([], Once.Concat(Combinations()).Except(coverage.Counts.Keys));
    }

    private static IEnumerable<string> Combinations()
    {
        foreach (var placement in Enum.GetValues<Placement>())
        {
            yield return $"the rest later: {placement} fixed";
            yield return $"the rest later: {placement} flexible";
            foreach (var basis in Enum.GetValues<PriceBasis>())
            {
                string[] shapes =
                [
                    $"{placement} AllOrNone {basis} fixed", $"{placement} AllOrNone {basis} flexible",
                    $"{placement} Partial {basis} fixed", $"{placement} Partial {basis} flexible",
                ];
                foreach (var shape in shapes)
                {
                    yield return $"bid came in: {shape}";
                    yield return $"listing came in: {shape}";
                    if (placement != Placement.SameMachine) yield return $"several listings: {shape}";
                }
            }
        }

        foreach (var basis in Enum.GetValues<PriceBasis>())
        {
            yield return $"listing came in: at {basis} limit";
            yield return $"listing came in: at {basis} less than the limit";
            yield return $"listing came in: at {basis} its own price";
        }

        foreach (var mode in Enum.GetValues<SelfTradePrevention>())
        {
            yield return $"own listing passed over: {mode}, bid came in";
            yield return $"own listing passed over: {mode}, listing came in";
        }
    }
}
