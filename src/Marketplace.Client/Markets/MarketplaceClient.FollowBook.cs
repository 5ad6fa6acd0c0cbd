using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Marketplace.Client;

/// <content>Following a book.</content>
public sealed partial class MarketplaceClient
{
    private static readonly TimeSpan ReconnectAfter = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Follows a book: keeps a copy of its depth and gives every update, until the caller stops. A line that breaks is taken up again
    /// where it was; where that is not possible, or something is missing, the copy is made anew and the update says so.
    /// </summary>
    /// <param name="modelId">The GPU class.</param>
    /// <param name="hubId">The hub.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ServerUnreachableException">The server could not be reached for as long as patience lasts.</exception>
    /// <exception cref="ProblemException">The server refused.</exception>
    public async IAsyncEnumerable<BookUpdate> FollowBookAsync(
        string modelId, string hubId, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var book = new FollowedBook();
        long lastTrade = 0;
        while (true)
        {
            using var response = await SendAsync(
                HttpMethod.Get,
                $"/v1/markets/{modelId}/{hubId}/events",
                content: null,
                headers =>
                {
                    if (book.Sequence is { } sequence) headers.Add("Last-Event-ID", sequence.ToString(CultureInfo.InvariantCulture));
                },
                cancellationToken,
                HttpCompletionOption.ResponseHeadersRead);
            using var events = new EventReader(await response.Content.ReadAsStreamAsync(cancellationToken), options.Silence);
            var isWhole = true;
            while (isWhole && await events.NextAsync(cancellationToken) is { } next)
            {
                switch (next.Name)
                {
                    case "snapshot":
                        book.Take(Read(next, MarketsJson.Default.BookSnapshotModel));
                        lastTrade = book.Sequence!.Value;
                        yield return new BookUpdate(BookUpdateKind.Snapshot, book, [], null);
                        break;
                    case "trade" when Read(next, MarketsJson.Default.MarketTradeModel) is var trade && trade.Sequence > lastTrade:
                        lastTrade = trade.Sequence;
                        yield return new BookUpdate(BookUpdateKind.Trade, book, [], trade);
                        break;
                    case "depth":
                        var change = Read(next, MarketsJson.Default.DepthChangeModel);
                        isWhole = book.TryTake(change);
                        if (isWhole) yield return new BookUpdate(BookUpdateKind.Depth, book, change.Changes, null);
                        break;
                }
            }

            if (!isWhole) book.Lose();
            await Task.Delay(ReconnectAfter, cancellationToken);
        }
    }

    private static T Read<T>(ServerEvent next, JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(next.Data, type) ?? throw new JsonException($"The event {next.Name} was null.");
}
