using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Work;

namespace Marketplace.Trading.ReadMarket;

/// <summary>A book has its first event: it is to be in the list of books.</summary>
public sealed record MarketOpened(BookKey Book) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "trading.market-opened.v1";
}

/// <summary>A row of the list of books.</summary>
internal sealed record MarketRow(BookKey Book)
{
    public const string Prefix = "book!";

    public string RowKey => Prefix + Book;

    /// <summary>The books of a class.</summary>
    public static Runtime.Store.RowRange OfModel(GpuModelId model) => Runtime.Store.RowRange.StartingWith($"{Prefix}{model}@");
}

/// <summary>Puts a book into the list.</summary>
public sealed class MarketOpenedHandler(Workspace workspace) : IMessageHandler<MarketOpened>
{
    /// <inheritdoc/>
    public Task HandleAsync(MarketOpened message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(
            TradingPartitions.Markets,
            context,
            async work =>
            {
                var row = new MarketRow(message.Book);
                if (await work.ReadAsync<MarketRow>(row.RowKey, cancellationToken) is null) work.Put(row.RowKey, row);
            },
            cancellationToken);
}
