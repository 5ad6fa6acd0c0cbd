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

    public Task<JsonObject> RunAsync(CancellationToken cancellationToken)
    {
        var workload = ReferenceWorkload.Create(rule);
        var contests = Interleaved.Run([new TreeContestant(workload), new LadderContestant(workload)]);
        var figures = new JsonObject
        {
            ["messages"] = workload.Messages.Count,
            ["crossingOrders"] = workload.CrossingCount,
            ["restingAtEnd"] = workload.RestingAtEnd,
        };
        foreach (var contest in contests) figures.Add(contest.Name + "MsgPerSec", contest.Seconds.Per(workload.Messages.Count));
        figures["tapesEqual"] = contests.Select(contest => contest.Result).Distinct().Count() == 1;
        return Task.FromResult(figures);
    }
}
