namespace Marketplace.Benchmarks.Cloud;

/// <summary>What so many bids a month take, each of which is matched, leased for four hours, metered, charged, invoiced and paid out.</summary>
/// <param name="Bids">Bids a month.</param>
/// <param name="PerBid">What one takes.</param>
internal sealed record MonthlyLoad(double Bids, StoryPart PerBid)
{
    /// <summary>GPU machines whose hours are bought.</summary>
    public double Machines => Math.Ceiling(Bids * CountedStory.LeaseHours / (Units.GpusPerMachine * Units.SoldPart * Units.SecondsPerMonth / 3600));

    /// <summary>Bids a second, on the mean.</summary>
    public double BidsPerSecond => Bids / Units.SecondsPerMonth;

    /// <summary>Bids a second in the busiest hour.</summary>
    public double PeakBidsPerSecond => BidsPerSecond * Units.PeakOverMean;

    /// <summary>What machines ask, a month: as much at night as by day.</summary>
    public double Asks => Machines * Units.AsksPerMachineSecond * Units.SecondsPerMonth;

    /// <summary>What that takes of the tables.</summary>
    public double AskTransactions => Machines * Units.TransactionsPerMachineSecond * Units.SecondsPerMonth;

    /// <summary>Messages a month.</summary>
    public double Messages => Bids * PerBid.Messages;

    /// <summary>Table transactions a month.</summary>
    public double Transactions => (Bids * PerBid.Transactions) + AskTransactions;

    /// <summary>Executions of functions a month.</summary>
    public double Executions => (Bids * (PerBid.Requests + PerBid.Messages)) + Asks;

    /// <summary>Partitions that a month adds.</summary>
    public double NewPartitions => Bids * PerBid.NewPartitions;

    /// <summary>GB that a month adds to the tables.</summary>
    public double KeptGB => Bids * PerBid.KeptBytes / 1e9;

    /// <summary>GB of telemetry a month; questions of machines leave none.</summary>
    public double TelemetryGB => Bids * (PerBid.Requests + PerBid.Messages) * Units.TelemetryBytesPerExecution / 1e9;

    /// <summary>How much of each limit is used in the busiest hour, the most used first.</summary>
    public IReadOnlyList<(Limit Limit, double Use)> Uses => [.. Limit.All.Select(limit => (limit, limit.Use(this))).OrderByDescending(use => use.Item2)];
}
