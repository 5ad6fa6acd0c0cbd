using Marketplace.Contracts;
using Marketplace.Trading.Book;
using NodaTime;

namespace Marketplace.Trading.Tests.Book;

/// <summary>
/// What holds of a book's events whatever it decides: the README's invariants, and that every event says the truth about the ones
/// before it. Knows nothing of how orders are matched.
/// </summary>
internal sealed class BookInvariants
{
    private readonly Dictionary<ListingId, AskTerms> open = [];
    private readonly HashSet<(MachineId, Capacity, decimal?, int?)> figures = [];
    private readonly Dictionary<BidId, Life> lives = [];
    private readonly Dictionary<TradeId, BidTraded> trades = [];
    private readonly HashSet<(TradeId, HourSlot)> returned = [];
    private long sequence;
    private Instant at = Instant.MinValue;
    private bool halted;

    public void Check(BookBatch batch)
    {
        Assert.Equal(sequence + 1, batch.FirstSequence);
        if (batch.Events.Count > 0) Assert.True(batch.At >= at, "The book's time went back.");
        sequence = batch.LastSequence;
        if (batch.Events.Count > 0) at = batch.At;
        var execution = new List<BidTraded>();
        foreach (var @event in batch.Events)
        {
            if (execution.Count > 0 && (@event as BidTraded)?.BidId != execution[0].BidId) CheckExecution(execution);
            Check(@event);
            if (@event is BidTraded trade) execution.Add(trade);
        }

        if (execution.Count > 0) CheckExecution(execution);
        Assert.DoesNotContain(lives.Values, life => life.Waits && life.IsOver(batch.At));
    }

    private void Check(BookEvent @event)
    {
        switch (@event)
        {
            case AskOpened e: Open(e.Ask); break;
            case AskClosed e: open.Remove(e.ListingId); break;
            case BidEntered e: lives.Add(e.BidId, new Life(e.Buyer, e.Terms)); break;
            case BidReplaced e: Check(e); break;
            case BidTraded e: Check(e); break;
            case BidEnded e: Check(e); break;
            case HoursGivenBack e: Check(e); break;
            case BookHalted: Assert.False(halted); halted = true; break;
            case BookResumed: Assert.True(halted); halted = false; break;
            case PriceBandSet: break;
            default: Assert.Fail(@event.GetType().Name); break;
        }
    }

    private void Open(AskTerms ask)
    {
        open[ask.ListingId] = ask;

        // A resale says of its machine what a provider has said.
        var said = (ask.MachineId, ask.Proven, ask.Pue, ask.GridCarbonGramsPerKWh);
        if (ask.ResoldLease is null) figures.Add(said);
        else Assert.Contains(said, figures);
    }

    private void Check(BidReplaced e)
    {
        var life = Waiting(e.BidId);
        Assert.Equal((life.Buyer, life.Filled), (e.Buyer, e.FilledGpuCount));
        Assert.True(e.Terms.GpuCount > life.Filled);
        life.Terms = e.Terms;
    }

    private void Check(BidTraded e)
    {
        var (life, ask) = (Waiting(e.BidId), open[e.ListingId]);
        var (bid, figures) = (life.Terms, ask.Proven);
        Assert.False(halted);
        Assert.NotEqual(e.Buyer, e.Provider);
        Assert.Equal((life.Buyer, ask.Provider, ask.MachineId, ask.Proven, ask.ResoldLease), (e.Buyer, e.Provider, e.MachineId, e.Proven, e.ResoldLease));
        Assert.True(e.GpuCount >= 1);
        Assert.Equal((life.Filled + e.GpuCount, bid.GpuCount - life.Filled - e.GpuCount), (e.FilledGpuCount, e.OpenGpuCount));
        Assert.True(e.OpenGpuCount >= 0);
        Assert.True(trades.TryAdd(e.TradeId, e));
        life.Trades.Add(e);

        // The hours are what the bid wants, not over, and offered.
        Assert.Equal(bid.FlexibleHours ?? bid.Window.Hours, e.Window.Hours);
        Assert.True(bid.Window.Contains(e.Window) && ask.Window.Contains(e.Window));
        Assert.True(e.Window.Hours >= ask.MinimumHours && e.Window.End > at);
        foreach (var hour in e.Window.Slots()) Assert.True(Sold(e.ListingId, hour) <= ask.GpuCount, $"{e.ListingId} was sold twice in {hour}.");

        // Nothing is sold below what was asked, on the mean over the hours.
        Assert.Equal((bid.Limit.Currency, ask.Price.Currency), (e.Price.Currency, e.Price.Currency));
        var asked = e.Window.Slots().Sum(hour => (decimal)ask.Price.At(hour).MicrosPerGpuHour);
        Assert.True((decimal)e.Price.MicrosPerGpuHour * e.Window.Hours >= asked);

        // What a bid requires was proven or stated, and what its first execution settled holds.
        var least = bid.Requirements.Minimum;
        Assert.True(figures.Int8Gops >= least.Int8Gops && figures.Bf16Gflops >= least.Bf16Gflops);
        Assert.True(figures.MemoryMB >= least.MemoryMB && figures.MemoryBandwidthMBps >= least.MemoryBandwidthMBps);
        Assert.True(bid.Requirements.MaxPue is null || ask.Pue <= bid.Requirements.MaxPue);
        var carbon = bid.Requirements.MaxGridCarbonGramsPerKWh;
        Assert.True(carbon is null || ask.GridCarbonGramsPerKWh <= carbon);
        Assert.All(life.Trades, t => Assert.Equal(e.Window, t.Window));
        if (bid.Placement == Placement.SameMachine) Assert.All(life.Trades, t => Assert.Equal(e.ListingId, t.ListingId));
        if (bid.Placement == Placement.SameProvider) Assert.All(life.Trades, t => Assert.Equal(e.Provider, t.Provider));
    }

    // What one bid bought in one go: within its limit on average, and all or at least what it takes.
    private void CheckExecution(List<BidTraded> execution)
    {
        var bid = lives[execution[0].BidId].Terms;
        decimal paid = 0, cap = 0;
        foreach (var trade in execution)
        {
            var limit = (decimal)bid.Limit.MicrosPerGpuHour;
            if (bid.PriceBasis == PriceBasis.ProvenPflopHour) limit = decimal.Floor(limit * trade.Proven.Bf16Gflops / 1_000_000m);
            if (bid.FillRule == FillRule.Partial) Assert.True(trade.Price.MicrosPerGpuHour <= limit);
            paid += (decimal)trade.Price.MicrosPerGpuHour * trade.GpuCount;
            cap += limit * trade.GpuCount;
        }

        Assert.True(paid <= cap, $"{execution[0].BidId} paid more than its limit.");
        var before = execution[0].FilledGpuCount - execution[0].GpuCount;
        var bought = execution.Sum(t => t.GpuCount);
        var least = bid.FillRule == FillRule.AllOrNone ? bid.GpuCount : Math.Min(bid.MinimumGpuCount, bid.GpuCount - before);
        Assert.True(bought >= least, $"{execution[0].BidId} bought {bought} GPUs, fewer than it takes.");
        execution.Clear();
    }

    private void Check(BidEnded e)
    {
        var life = Waiting(e.BidId);
        Assert.Equal((life.Buyer, life.Filled), (e.Buyer, e.FilledGpuCount));
        life.Ended = true;
    }

    private void Check(HoursGivenBack e)
    {
        var trade = trades[e.TradeId];
        Assert.Equal((trade.ListingId, trade.GpuCount), (e.ListingId, e.GpuCount));
        Assert.True(trade.Window.Contains(e.Window) && e.Window.Start > at - Duration.FromHours(1));
        foreach (var hour in e.Window.Slots()) Assert.True(returned.Add((e.TradeId, hour)), $"{hour} of {e.TradeId} was given back twice.");
    }

    private Life Waiting(BidId id)
    {
        Assert.True(lives[id].Waits, $"{id} does not wait.");
        return lives[id];
    }

    private int Sold(ListingId listing, HourSlot hour) =>
        trades.Values.Where(t => t.ListingId == listing && t.Window.Contains(hour) && !returned.Contains((t.TradeId, hour))).Sum(t => t.GpuCount);

    private sealed class Life(OrganisationId buyer, BidTerms terms)
    {
        public OrganisationId Buyer => buyer;

        public BidTerms Terms { get; set; } = terms;

        public List<BidTraded> Trades { get; } = [];

        public bool Ended { get; set; }

        public int Filled => Trades.Sum(t => t.GpuCount);

        public bool Waits => !Ended && Filled < Terms.GpuCount;

        /// <summary>Whether it may not wait any more: never could, or its date or the last hour it could begin in has come.</summary>
        public bool IsOver(Instant at)
        {
            var last = Trades.Count > 0 ? Trades[0].Window.From : Terms.Window.To + -(Terms.FlexibleHours ?? Terms.Window.Hours);
            return Terms.TimeInForce is TimeInForce.ImmediateOrCancel or TimeInForce.FillOrKill || Terms.ExpiresAt <= at || last.Start <= at;
        }
    }
}
