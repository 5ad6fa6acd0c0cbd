using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Trading.Announce;
using Marketplace.Trading.CancelBid;
using Marketplace.Trading.Durable;
using Marketplace.Trading.OfferListing;
using Marketplace.Trading.OperateBook;
using Marketplace.Trading.PlaceBid;
using Marketplace.Trading.ReadBids;
using Marketplace.Trading.ReadMarket;
using Marketplace.Trading.ReadMarket.Follow;
using Marketplace.Trading.ReadMarket.Prices;
using Marketplace.Trading.RequestReplacement;
using Marketplace.Trading.ResellHours;
using Marketplace.Trading.UpdateBid;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Marketplace.Trading;

/// <summary>Registration of the module.</summary>
public static class TradingModule
{
    /// <summary>Use cases, queries and message handlers of trading. Needs the runtime, a store and an <see cref="ICatalogue"/>.</summary>
    public static IServiceCollection AddTrading(this IServiceCollection services)
    {
        services.AddOptions<TradingOptions>();
        services.AddSingleton<BookLoader>();
        services.AddSingleton<SnapshotWriter>();
        services.AddSingleton<BookWriter>();
        services.AddSingleton<BookViews>();
        services.AddSingleton<PlaceBid.PlaceBid>();
        services.AddSingleton<CancelBid.CancelBid>();
        services.AddSingleton<RequestReplacement.RequestReplacement>();
        services.AddSingleton<OperateBook.OperateBook>();
        services.AddSingleton(provider => new BookConditions(provider.GetRequiredService<BookViews>()));
        services.AddSingleton<IPriceBands>(provider => provider.GetRequiredService<BookConditions>());
        services.AddSingleton<BidQueries>();
        services.AddSingleton(provider => new BookSearches(new BookViews(provider.GetRequiredService<BookLoader>())));
        services.AddSingleton(provider => new ExplainBid.ExplainBid(
            provider.GetRequiredService<BidQueries>(), provider.GetRequiredService<BookSearches>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new QuoteJob.QuoteJob(
            provider.GetRequiredService<IPartitionStore>(),
            provider.GetRequiredService<BookSearches>(),
            provider.GetRequiredService<ICatalogue>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<MarketQueries>();
        services.AddSingleton<PriceQueries>();
        services.AddSingleton(provider => new MarketFeed(
            provider.GetRequiredService<BookLoader>(),
            provider.GetRequiredService<IPartitionStore>(),
            provider.GetRequiredService<IOptions<TradingOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<MarketFeed>>()));
        services.AddSingleton<IBookListener>(provider => provider.GetRequiredService<MarketFeed>());

        // In a book order matters, so that it stands still rather than going on without one of its commands.
        return services
            .AddMessageHandler<ListingActivated, ListingActivatedHandler>(Queues.Market, m => m.Book.ToString(), OnDeadLetter.StopSession)
            .AddMessageHandler<ListingClosed, ListingClosedHandler>(Queues.Market, m => m.Book.ToString(), OnDeadLetter.StopSession)
            .AddMessageHandler<ContinueListing, ContinueListingHandler>(Queues.Market, m => m.Book.ToString(), OnDeadLetter.StopSession)
            .AddMessageHandler<ReturnHours, ReturnHoursHandler>(Queues.Market, m => m.Book.ToString(), OnDeadLetter.StopSession)
            .AddMessageHandler<OfferResale, OfferResaleHandler>(Queues.Market, m => m.Book.ToString(), OnDeadLetter.StopSession)
            .AddMessageHandler<CloseResale, CloseResaleHandler>(Queues.Market, m => m.Book.ToString(), OnDeadLetter.StopSession)
            .AddMessageHandler<SubmitBid, SubmitBidHandler>(Queues.Market, m => m.Book.ToString(), OnDeadLetter.StopSession)
            .AddMessageHandler<ReplaceInBook, ReplaceInBookHandler>(Queues.Market, m => m.Book.ToString(), OnDeadLetter.StopSession)
            .AddMessageHandler<WithdrawFromBook, WithdrawFromBookHandler>(Queues.Market, m => m.Book.ToString(), OnDeadLetter.StopSession)
            .AddMessageHandler<HaltTrading, BookOperationHandler>(Queues.Market, m => m.Book.ToString(), OnDeadLetter.StopSession)
            .AddMessageHandler<ResumeTrading, BookOperationHandler>(Queues.Market, m => m.Book.ToString(), OnDeadLetter.StopSession)
            .AddMessageHandler<SetBand, BookOperationHandler>(Queues.Market, m => m.Book.ToString(), OnDeadLetter.StopSession)
            .AddMessageHandler<ExpireBidsOfBook, ExpireBidsOfBookHandler>(Queues.Market, m => m.Book.ToString())
            .AddMessageHandler<AnnounceBatch, AnnounceBatchHandler>(Queues.Market, m => $"{m.Book}!announce")
            .AddMessageHandler<BidUpdated, BidUpdatedHandler>(Queues.Bids, m => m.Buyer.ToString())
            .AddMessageHandler<MarketOpened, MarketOpenedHandler>(Queues.Projections, _ => "markets");
    }
}
