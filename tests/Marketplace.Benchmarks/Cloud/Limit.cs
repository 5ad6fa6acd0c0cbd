namespace Marketplace.Benchmarks.Cloud;

/// <summary>Something that ends.</summary>
/// <param name="Name">What.</param>
/// <param name="Use">The part of it that a load uses in its busiest hour; above 1 it does not hold.</param>
/// <param name="LiftedBy">What lifts it.</param>
internal sealed record Limit(string Name, Func<MonthlyLoad, double> Use, string LiftedBy)
{
    /// <summary>All that are known.</summary>
    public static IReadOnlyList<Limit> All { get; } =
    [
        new(
            "machines that ask for work",
            load => load.Machines * Units.TransactionsPerMachineSecond / Units.AccountTransactionsPerSecond,
            "a question that waits for its answer, told by the message that asks for the proof"),
        new(
            "ledger: one journal per currency, one entry at a time",
            load => load.PeakBidsPerSecond * load.PerBid.LedgerMessages * Units.RoundTripsPerMessage * Units.RoundTripSeconds,
            "handle the journal's session in batches, as the order book does (up to 64 messages a commit); then several journals per currency"),
        new(
            "outbox index: markers of five minutes are in one partition",
            load => load.PeakBidsPerSecond * load.PerBid.SendingCommits * 2 / Units.MarkerPartitionsAtATime / Units.PartitionEntitiesPerSecond,
            "spread the markers of a time over 16 partitions by a hash of what they name; the sweep then reads 16 times as many"),
        new(
            "busiest order book",
            load => load.PeakBidsPerSecond * Units.BusiestBookShare * load.PerBid.BookRows / Units.PartitionEntitiesPerSecond,
            "a book is one partition by design; it splits by hub and GPU class, and under load a commit takes up to 64 bids"),
        new(
            "storage account",
            load => load.PeakBidsPerSecond * load.PerBid.Transactions / Units.AccountTransactionsPerSecond,
            "an account per module: tables know nothing of each other"),
        new(
            "Service Bus, Standard",
            load => load.PeakBidsPerSecond * load.PerBid.Messages / Units.StandardMessagesPerSecond,
            "Premium (a parameter), then more messaging units, then a namespace per module"),
        new(
            "function instances",
            load => ((load.PeakBidsPerSecond * (load.PerBid.Requests + load.PerBid.Messages)) + (load.Machines * Units.AsksPerMachineSecond))
                * Units.RoundTripsPerMessage * Units.RoundTripSeconds / (Units.FunctionInstances * Units.ExecutionsAtATime),
            "more apps: queues can be divided among them"),
    ];

    /// <summary>Bids a month at which it is used up.</summary>
    public double ReachedAt(StoryPart perBid)
    {
        // Use grows in proportion to bids, but for the rounding of machines: taken where that is nothing.
        const double Many = 1e9;
        return Many / Use(new MonthlyLoad(Many, perBid));
    }
}
