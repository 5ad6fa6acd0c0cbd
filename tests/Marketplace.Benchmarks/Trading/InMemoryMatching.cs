using System.Text.Json.Nodes;
using Marketplace.Benchmarks.Measure;

namespace Marketplace.Benchmarks.Trading;

/// <summary>The reference workload against the yardsticks, in one process and in turn.</summary>
internal sealed class InMemoryMatching(PriceRule rule) : IMeasurement
{
    public string Name => rule == PriceRule.X50 ? "x50" : "zi";

    public string Question => rule == PriceRule.X50
        ? "how many messages a second does one core match, where half of the orders cross?"
        : "how many messages a second does one core match, at uniform prices on a deep book?";

    /// <summary>Everybody who can play a workload, the marketplace's own engine first.</summary>
    public static IReadOnlyList<IContestant> Contestants(ReferenceWorkload workload)
    {
        var commands = EngineCommands.Of(workload);
        return [new EngineContestant(commands), new TreeContestant(workload), new LadderContestant(workload), new EngineEventsContestant(commands)];
    }

    public Task<JsonObject> RunAsync(CancellationToken cancellationToken)
    {
        var workload = ReferenceWorkload.Create(rule);
        var contests = Interleaved.Run(Contestants(workload));
        var figures = new JsonObject
        {
            ["messages"] = workload.Messages.Count,
            ["crossingOrders"] = workload.CrossingCount,
            ["restingAtEnd"] = workload.RestingAtEnd,
        };
        foreach (var contest in contests) figures.Add(contest.Name + "MsgPerSec", contest.Seconds.Per(workload.Messages.Count));
        var engine = contests[0].Seconds.Median;
        figures["engineToTree"] = Figures.Rounded(contests[1].Seconds.Median / engine);
        figures["engineToLadder"] = Figures.Rounded(contests[2].Seconds.Median / engine);
        figures["tapesEqual"] = contests.Select(contest => contest.Result).Distinct().Count() == 1;
        return Task.FromResult(figures);
    }
}
