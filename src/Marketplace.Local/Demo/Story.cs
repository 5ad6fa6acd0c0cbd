using System.Diagnostics;
using Marketplace.Client.Models;

namespace Marketplace.Local.Demo;

/// <summary>
/// The main job from registration to reconciliation, played by clients of the API against a running host: nothing of it reaches into
/// the host. Every request carries an idempotency key or is harmless to repeat, so the story goes on where it was when the host is
/// killed and comes back.
/// </summary>
internal sealed partial class Story(StoryWorld world, INarrator narrator)
{
    private readonly long began = Stopwatch.GetTimestamp();
    private readonly List<SettledProvider> providers = [];
    private string visionId = "";
    private string moleculesId = "";

    /// <summary>Organisations of the story, by name, once it has begun: tokens to try the API with are made of them.</summary>
    public IReadOnlyDictionary<string, string> Organisations => new Dictionary<string, string>
    {
        [Cast.GuiAn.Name] = providers[0].Id,
        [Cast.Vision.Name] = visionId,
    };

    /// <summary>Plays it to its end.</summary>
    /// <exception cref="InvalidOperationException">Something did not come out as the story tells it.</exception>
    public async Task<DemoReport> PlayAsync(CancellationToken cancellationToken)
    {
        narrator.Chapter("Three providers register machines, two buyers sign up");
        await RegisterAsync(cancellationToken);

        narrator.Chapter("Real workers prove what is listed");
        var firstHour = HourSlot.Containing(await world.NowAsync(cancellationToken)) + 2;
        var standing = await PlaceStandingBidAsync(firstHour, cancellationToken);
        var listings = await ListAsync(firstHour, cancellationToken);

        narrator.Chapter("Buyers bid");
        var bids = await BidAsync(standing, firstHour, cancellationToken);

        narrator.Chapter("Leases start when the machine has proven that it is ready, and are metered to the second");
        var leases = await LeaseAsync(bids, firstHour, cancellationToken);

        narrator.Chapter("Usage becomes charges, invoices, payments and payouts");
        var (invoices, payouts) = await SettleAsync(leases, cancellationToken);
        await ExplainLineAsync(cancellationToken);

        narrator.Chapter("Finance reconciles usage, ledger and Stripe");
        var (ledgerSum, before, after) = await ReconcileAsync(cancellationToken);

        return new DemoReport(
            listings, bids.Sum(b => b.Trades!.Count), leases.Sum(l => l.GpuSeconds), invoices, payouts, ledgerSum, before, after,
            Math.Round(Stopwatch.GetElapsedTime(began).TotalSeconds, 1));
    }

    /// <summary>Repeats a look until it shows what is waited for.</summary>
    private static async Task<T> UntilAsync<T>(Func<Task<T>> look, Func<T, bool> isThere, string what, CancellationToken cancellationToken)
    {
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            var seen = await look();
            if (isThere(seen)) return seen;
            if (Stopwatch.GetElapsedTime(since) > TimeSpan.FromMinutes(4)) throw new InvalidOperationException($"Waited in vain until {what}.");
            await Task.Delay(50, cancellationToken);
        }
    }

    private static string Short(string instant) => instant[11..16];

    private static string Describe(WindowModel window) => $"{Short(window.From!)}-{Short(window.To!)}";

    private static string Describe(MoneyModel money) => $"{money.Amount} {money.Currency}";
}
