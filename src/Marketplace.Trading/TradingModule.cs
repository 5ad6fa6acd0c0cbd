using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Trading.Announce;
using Marketplace.Trading.Book;
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
using Microsoft.Extensions.DependencyInjection.Extensions;
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
        services.TryAddSingleton<IBuyerCredit, UnlimitedCredit>();
        services.AddSingleton<CancelBid.CancelBid>();
        services.AddSingleton<RequestReplacement.RequestReplacement>();
        services.AddSingleton<OperateBook.OperateBook>();
        services.AddSingleton(provider => new BookConditions(provider.GetRequiredService<BookViews>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IPriceBands>(provider => provider.GetRequiredService<BookConditions>());
        services.AddSingleton<IBookListener>(provider => provider.GetRequiredService<BookConditions>());
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

        return services
            .AddBookMessage<ListingActivated>(m => m.Book, m => m.ToCommand())
            .AddBookMessage<ListingClosed>(m => m.Book, m => m.ToCommand())
            .AddBookMessage<ContinueListing>(m => m.Book, m => new TryBids(m.ListingId))
            .AddBookMessage<ReturnHours>(m => m.Book, m => m.ToCommand())
            .AddBookMessage<OfferResale>(m => m.Book, m => m.ToCommand())
            .AddBookMessage<CloseResale>(m => m.Book, m => new CloseAsk(m.ListingId, m.ClosedAt, m.LeaseId))
            .AddBookMessage<SubmitBid>(m => m.Book, m => new EnterBid(m.BidId, m.Buyer, m.Terms))
            .AddBookMessage<ReplaceInBook>(m => m.Book, m => new ReplaceBid(m.BidId, m.Terms))
            .AddBookMessage<WithdrawFromBook>(m => m.Book, m => new WithdrawBid(m.BidId))
            .AddBookMessage<HaltTrading>(m => m.Book, _ => new HaltBook())
            .AddBookMessage<ResumeTrading>(m => m.Book, _ => new ResumeBook())
            .AddBookMessage<SetBand>(m => m.Book, m => new SetPriceBand(m.Ratio))
            .AddBookMessage<ExpireBidsOfBook>(m => m.Book, _ => new ExpireBids(), OnDeadLetter.GoOn)
            .AddMessageHandler<AnnounceBatch, AnnounceBatchHandler>(Queues.Market, m => $"{m.Book}!announce")
            .AddMessageHandler<BidUpdated, BidUpdatedHandler>(Queues.Bids, m => m.Buyer.ToString())
            .AddMessageHandler<MarketOpened, MarketOpenedHandler>(Queues.Projections, _ => "markets");
    }
}
