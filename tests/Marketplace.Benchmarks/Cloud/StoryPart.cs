using Marketplace.Contracts;

namespace Marketplace.Benchmarks.Cloud;

/// <summary>What a part of the story takes, per bid.</summary>
/// <param name="Name">The part.</param>
/// <param name="Requests">HTTP requests: what people, machines and Stripe ask.</param>
/// <param name="Messages">Messages, each a delivery.</param>
/// <param name="LedgerMessages">Those of them that the ledger handles.</param>
/// <param name="Commits">Commits of the modules.</param>
/// <param name="SendingCommits">Those of them that send messages.</param>
/// <param name="Transactions">Table transactions in all.</param>
/// <param name="BookRows">Rows written into the order book's partition.</param>
/// <param name="KeptBytes">Bytes that stay.</param>
/// <param name="NewPartitions">Partitions that begin.</param>
internal sealed record StoryPart(
    string Name,
    double Requests,
    double Messages,
    double LedgerMessages,
    double Commits,
    double SendingCommits,
    double Transactions,
    double BookRows,
    double KeptBytes,
    double NewPartitions)
{
    /// <summary>Counts of some bids as what one takes.</summary>
    public static StoryPart Of(string name, int requests, StoreCounts counts, double bids) => new(
        name,
        requests,
        counts.Messages / bids,
        counts.MessagesOf(Queues.Ledger) / bids,
        counts.Commits / bids,
        counts.SendingCommits / bids,
        counts.Transactions / bids,
        counts.BookRows / bids,
        counts.KeptBytes / bids,
        counts.NewPartitions / bids);

    /// <summary>All parts as one.</summary>
    public static StoryPart Sum(IReadOnlyList<StoryPart> parts) => parts.Aggregate((a, b) => new StoryPart(
        "in all",
        a.Requests + b.Requests,
        a.Messages + b.Messages,
        a.LedgerMessages + b.LedgerMessages,
        a.Commits + b.Commits,
        a.SendingCommits + b.SendingCommits,
        a.Transactions + b.Transactions,
        a.BookRows + b.BookRows,
        a.KeptBytes + b.KeptBytes,
        a.NewPartitions + b.NewPartitions));
}
