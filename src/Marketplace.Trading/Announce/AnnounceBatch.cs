using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Work;
using Marketplace.Trading.Book;
using Marketplace.Trading.Durable;
using Marketplace.Trading.ReadMarket;
using Marketplace.Trading.ReadMarket.Prices;

namespace Marketplace.Trading.Announce;

/// <summary>
/// Command: tell buyers, leases and the tape what a batch of a book brought. A batch may hold thousands of trades and a commit a
/// hundred rows, so that the book's commit sends only this, and the telling goes on in as many commits as it takes.
/// </summary>
/// <param name="Book">The book.</param>
/// <param name="FirstSequence">The batch.</param>
/// <param name="Skip">Notices that were given before.</param>
public sealed record AnnounceBatch(BookKey Book, long FirstSequence, int Skip) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "trading.announce-batch.v1";
}

/// <summary>Gives the notices of a batch, some per commit.</summary>
public sealed class AnnounceBatchHandler(Workspace workspace, IPartitionStore store) : IMessageHandler<AnnounceBatch>
{
    // Rows and messages of one commit. That leaves room for candles, the next part and the first batch's MarketOpened.
    private const int MostOperations = 90;

    /// <inheritdoc/>
    public async Task HandleAsync(AnnounceBatch message, MessageContext context, CancellationToken cancellationToken)
    {
        var trades = 0;
        var isFirst = await workspace.HandleAsync(
            TradingPartitions.Tape(message.Book), context, async work => trades = await DecideAsync(message, work, cancellationToken), cancellationToken);
        if (isFirst) TradingMetrics.RecordTrades(message.Book, trades);
    }

    // How many trades are told.
    private async Task<int> DecideAsync(AnnounceBatch message, PartitionWork work, CancellationToken cancellationToken)
    {
        var batch = await ReadAsync(message, cancellationToken);
        if (message is { FirstSequence: 1, Skip: 0 }) work.Send(new MarketOpened(message.Book));
        var notices = Notices.Of(message.Book, batch);
        var told = NextOf(notices, message.Skip);
        await CandleRows.AddAsync(work, told.OfType<Notice.Traded>().Select(notice => notice.OnTape), cancellationToken);
        foreach (var notice in told)
        {
            switch (notice)
            {
                case Notice.Traded(var trade, var onTape):
                    work.Put(TapeRows.Key(trade.TradeId), onTape);
                    work.Send(trade);
                    break;
                case Notice.BidChanged(var update):
                    work.Send(update);
                    break;
                case Notice.ResaleEnded(var resale):
                    work.Send(resale);
                    break;
            }
        }

        var given = message.Skip + told.Count;
        if (given < notices.Count) work.Send(message with { Skip = given });
        return told.Count(notice => notice is Notice.Traded);
    }

    private static List<Notice> NextOf(IReadOnlyList<Notice> notices, int from)
    {
        var operations = 0;
        return [.. notices.Skip(from).TakeWhile(notice => (operations += OperationsOf(notice)) <= MostOperations)];
    }

    // A trade is a row, and a message for each of up to two who handle it; all else is one message.
    private static int OperationsOf(Notice notice) => notice is Notice.Traded ? 3 : 1;

    private async Task<BookBatch> ReadAsync(AnnounceBatch message, CancellationToken cancellationToken)
    {
        var rows = store.ReadRangeAsync(TradingPartitions.Book(message.Book), BookRows.Batch(message.FirstSequence), cancellationToken);
        await foreach (var batch in BookRows.ReadBatchesAsync(rows)) return batch;
        throw new InvariantException($"{message.Book} has no batch at {message.FirstSequence} to announce.");
    }
}
