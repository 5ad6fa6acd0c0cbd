using System.Globalization;
using System.Text;

namespace Marketplace.Benchmarks.Cloud;

/// <summary>The tables of infra/README.md.</summary>
internal static class CapacityTables
{
    private static readonly double[] Loads = [1e3, 1e6, 1e9];

    public static string Of(IReadOnlyList<StoryPart> parts)
    {
        var perBid = StoryPart.Sum(parts);
        var text = new StringBuilder();
        text.Append("What one bid takes that becomes a lease of four hours of one GPU, counted by playing it:\n\n");
        Row(text, "", "requests", "messages", "of the ledger", "commits", "table transactions", "kept bytes", "new partitions");
        Row(text, Enumerable.Repeat("---", 8));
        foreach (var part in parts.Append(perBid)) Row(text, [part.Name, .. PartFigures(part)]);

        var loads = Loads.Select(bids => new MonthlyLoad(bids, perBid)).ToList();
        text.Append("\nLoads, by bids a month (M, G, T: 10^6, 10^9, 10^12):\n\n");
        Row(text, ["", .. Loads.Select(bids => Text(bids))]);
        Row(text, Enumerable.Repeat("---", 4));
        Row(text, "bids a second, mean / busiest hour", loads, load => $"{Text(load.BidsPerSecond)} / {Text(load.PeakBidsPerSecond)}");
        Row(text, "machines of 8 GPUs, half sold", loads, load => Text(load.Machines));
        Row(text, "new partitions", loads, load => Text(load.NewPartitions));
        Row(text, "messages", loads, load => Text(load.Messages));
        Row(text, "table transactions", loads, load => Text(load.Transactions));
        Row(text, "- of them machines that ask for work", loads, load => Percent(load.AskTransactions / load.Transactions));
        Row(text, "function executions", loads, load => Text(load.Executions));
        Row(text, "GB that stay in tables", loads, load => Text(load.KeptGB));
        Row(text, "GB of telemetry", loads, load => Text(load.TelemetryGB));
        Row(text, "first bottleneck", loads, load => $"{load.Uses[0].Limit.Name} ({Percent(load.Uses[0].Use)})");
        Row(text, "the next", loads, load => $"{load.Uses[1].Limit.Name} ({Percent(load.Uses[1].Use)})");

        text.Append("\nLimits, by the bids a month at which the busiest hour uses them up:\n\n");
        Row(text, "limit", "bids a month", "what lifts it");
        Row(text, Enumerable.Repeat("---", 3));
        foreach (var limit in Limit.All.OrderBy(limit => limit.ReachedAt(perBid))) Row(text, limit.Name, Text(limit.ReachedAt(perBid)), limit.LiftedBy);
        return text.ToString();
    }

    private static IEnumerable<string> PartFigures(StoryPart part) =>
        new[] { part.Requests, part.Messages, part.LedgerMessages, part.Commits, part.Transactions, part.KeptBytes, part.NewPartitions }.Select(Text);

    private static void Row(StringBuilder text, string name, IEnumerable<MonthlyLoad> loads, Func<MonthlyLoad, string> figure) => Row(text, [name, .. loads.Select(figure)]);

    private static void Row(StringBuilder text, params IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    private static string Percent(double part) => part < 0.0001 ? "under 0.01 %" : Text(part * 100) + " %";

    /// <summary>Two significant digits: it is a calculation on paper.</summary>
    private static string Text(double figure)
    {
        if (figure == 0) return "0";
        var scale = Math.Pow(10, Math.Floor(Math.Log10(figure)) - 1);
        var rounded = (decimal)Math.Round(figure / scale) * (decimal)scale;
        return rounded switch
        {
            >= 1_000_000_000_000 => (rounded / 1_000_000_000_000).ToString("#,0.#", CultureInfo.InvariantCulture) + " T",
            >= 1_000_000_000 => (rounded / 1_000_000_000).ToString("#,0.#", CultureInfo.InvariantCulture) + " G",
            >= 1_000_000 => (rounded / 1_000_000).ToString("0.#", CultureInfo.InvariantCulture) + " M",
            _ => rounded.ToString("#,0.######", CultureInfo.InvariantCulture),
        };
    }
}
