using Marketplace.Trading.Book;
using Marketplace.Trading.Tests.Book;

namespace Marketplace.Trading.Tests.Model;

/// <summary>Counts what random lives of a book reach, from what the model did.</summary>
internal sealed class BookCoverage
{
    private const StringComparison Text = StringComparison.Ordinal;

    public SortedDictionary<string, int> Counts { get; } = new(StringComparer.Ordinal);

    public void Play(TimedStep[] steps)
    {
        var model = new SlowMarket();
        var (known, wasHalted) = (0, false);
        HashSet<Order> hasBought = [];
        var past = new List<BookCommand>();
        foreach (var (command, told) in BookStory.Commands(steps, model, model.Do))
        {
            // Expiries come before what the command itself brings about.
            var own = told.SkipWhile(line => IsExpiry(line)).ToList();
            foreach (var line in told.Take(told.Count - own.Count)) Count($"expiry: {KindOf(line)}");
            if (told.Count - own.Count > 1) Count("expiry: several at once");
            var name = (wasHalted ? "halted " : "") + command.GetType().Name + (past.Contains(command) ? " again" : "");
            past.Add(command);
            if (own.Count == 0) Count($"{name}: nothing");
            foreach (var kind in own.Select(KindOf).Distinct()) Count($"{name}: {kind}");
            foreach (var order in model.Orders.Where(o => told.Exists(line => line.StartsWith($"end bid {o.Bid}: SelfTrade", Text))))
            {
                Count($"self-trade: {order.Terms.SelfTradePrevention} on {command.GetType().Name}");
            }

            foreach (var execution in model.Sales.Skip(known).GroupBy(s => s.Order))
            {
                Note(execution.Key, [.. execution], isFirst: hasBought.Add(execution.Key));
                foreach (var sale in execution) Note(sale, model);
            }

            (known, wasHalted) = (model.Sales.Count, model.IsHalted);
        }

        var leases = model.Offers.Select(o => o.Terms.ResoldLease).OfType<LeaseId>();
        var resold = leases.Select(lease => model.Sales[Telling.NumberOf(lease.Ulid) - 1]);
        if (resold.Any(sale => sale.Asked.ResoldLease is not null)) Count("resale: of a resale");
    }

    private void Note(Order order, List<Sale> execution, bool isFirst)
    {
        var (bid, first) = (execution[0].Bid, execution[0]);
        var shape = bid.FlexibleHours is null ? "fixed" : "flexible";
        Count($"{(first.CameIn is null ? "bid" : "listing")} came in: {bid.Placement} {bid.FillRule} {bid.PriceBasis} {shape}");
        if (execution.Count > 1) Count($"several listings: {bid.Placement} {bid.FillRule} {bid.PriceBasis} {shape}");
        if (execution.Sum(s => s.Gpus) < bid.MinimumGpuCount) Count("the rest, less than the minimum");
        if (isFirst && bid.FlexibleHours is not null && first.Hours.From > bid.Window.From && first.Hours.From > HourSlot.Containing(first.At) + 1)
        {
            Count($"flexible: a later start, {bid.FillRule}");
        }

        if (isFirst) return;
        Count($"the rest later: {bid.Placement} {shape}");
        if (bid.Placement == Placement.SameProvider && execution.Exists(s => s.Offer != order.Bought[0].Offer))
        {
            Count("the rest later: of another machine of the provider");
        }
    }

    private void Note(Sale sale, SlowMarket model)
    {
        var (bid, ask) = (sale.Bid, sale.Asked);
        var sum = sale.Hours.Slots().Sum(hour => ask.Price.At(hour).MicrosPerGpuHour);
        var asked = decimal.Ceiling((decimal)sum / sale.Hours.Hours);
        if (sum % sale.Hours.Hours != 0) Count("block price rounded up");
        if (sale.Hours.From <= HourSlot.Containing(sale.At)) Count("the running hour bought");
        if (ask.ResoldLease is not null) Count("resale: sold");
        if (ask.Window.Slots().All(hour => sale.Offer.FreeIn(hour) == 0)) Count("listing sold out");
        if (bid.Limit.Currency == Currency.Cny) Count("another currency");
        if (bid.Requirements != BidRequirements.None) Count("requirements met");
        if (sale.CameIn == sale.Offer)
        {
            var worth = SlowChoice.Worth(bid, sale.Offer);
            Count($"listing came in: at {bid.PriceBasis} " + (sale.Price == worth ? "limit" : sale.Price > asked ? "less than the limit" : "its own price"));
        }

        var passedOver = model.Offers.Any(own =>
            own.Open && own.Terms.Provider == sale.Order.Buyer && own.Terms.Price.Currency == bid.Limit.Currency
            && own.Terms.Window.Contains(sale.Hours) && own.Terms.Price.Over(sale.Hours).MicrosPerGpuHour < asked
            && sale.Hours.Slots().All(hour => own.FreeIn(hour) > 0));
        if (passedOver) Count($"own listing passed over: {bid.SelfTradePrevention}, {(sale.CameIn is null ? "bid" : "listing")} came in");
    }

    private static bool IsExpiry(string line) => line.Contains("WindowStarted", Text) || line.Contains("DateReached", Text);

    // "end bid 3: Cancelled after 2" is "end Cancelled after some".
    private static string KindOf(string line)
    {
        var words = line.Split(' ', ':').Where(word => word.Length > 0).ToList();
        return words[0] switch
        {
            "end" => $"end {words[3]} after {(words[5] == "0" ? "none" : "some")}",
            "replace" => $"replace, {words[4]} its place",
            "open" => line.Contains("of lease", Text) ? "open resale" : "open",
            _ => words[0],
        };
    }

    private void Count(string what) => Counts[what] = Counts.GetValueOrDefault(what) + 1;
}
