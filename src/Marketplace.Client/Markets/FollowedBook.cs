using Marketplace.Client.Models;
using NodaTime.Text;

namespace Marketplace.Client;

/// <summary>
/// The depth of a book as a follower knows it: a copy that the stream keeps up to date. Changed only while the follower asks for the
/// next update. Not thread-safe.
/// </summary>
public sealed class FollowedBook
{
    private readonly Dictionary<(string Side, UnitPrice Price), HourCurve> levels = [];
    private HourSlot from;

    /// <summary>The number of the book's last event that the copy knows of; null before the first snapshot.</summary>
    public long? Sequence { get; private set; }

    /// <summary>Whether the book takes cancellations only.</summary>
    public bool IsHalted { get; private set; }

    /// <summary>All depth: asks before bids, by currency and price, the best price first.</summary>
    public IReadOnlyList<DepthRunModel> Runs =>
        [.. Sorted().SelectMany(level => level.Curve.Runs.Select(run => new DepthRunModel(level.Side, Model(level.Price), $"{run.From}", $"{run.To}", run.Value)))];

    /// <summary>Depth in every hour of a window, in the form that <c>GetDepthAsync</c> gives.</summary>
    public IReadOnlyList<HourDepthModel> In(HourWindow window) => [.. window.Slots().Select(hour => new HourDepthModel($"{hour}", At(hour, "ask"), At(hour, "bid")))];

    internal void Take(BookSnapshotModel snapshot)
    {
        levels.Clear();
        (Sequence, IsHalted) = (snapshot.Sequence, snapshot.IsHalted);
        MoveTo(snapshot.At);
        foreach (var run in snapshot.Depth) Set(run);
    }

    /// <summary>Follows a change. False if events between what is known and the change are missing: then nothing is changed.</summary>
    internal bool TryTake(DepthChangeModel change)
    {
        if (Sequence is not { } known || change.FromSequence > known + 1) return false;

        // Quantities are absolute, so that what is partly known already does no harm; what is older than the copy would.
        if (change.ToSequence <= known) return true;
        (Sequence, IsHalted) = (change.ToSequence, change.IsHalted);
        MoveTo(change.At);
        foreach (var run in change.Changes) Set(run);
        return true;
    }

    /// <summary>Forgets which events it knows of, so that a snapshot is asked for. The depth stays until that comes.</summary>
    internal void Lose() => Sequence = null;

    private void MoveTo(string at)
    {
        var hour = HourSlot.Containing(InstantPattern.ExtendedIso.Parse(at).Value);
        if (hour == from) return;
        from = hour;
        foreach (var (key, curve) in levels)
        {
            curve.ForgetBefore(hour);
            if (curve.IsZero) levels.Remove(key);
        }
    }

    private void Set(DepthRunModel run)
    {
        if (!UnitPrice.TryParse(run.Price.PerGpuHour, Currency.Parse(run.Price.Currency!), out var price)) throw new FormatException($"'{run.Price}' is no price.");
        var key = (run.Side, price);
        if (!levels.TryGetValue(key, out var curve)) levels.Add(key, curve = new HourCurve());
        curve.Set(Hour(run.From), Hour(run.To), run.GpuCount);
        if (curve.IsZero) levels.Remove(key);
    }

    private DepthLevelModel[] At(HourSlot hour, string side) =>
    [
        .. Sorted().Where(level => level.Side == side && level.Curve[hour] != 0).Select(level => new DepthLevelModel(Model(level.Price), level.Curve[hour])),
    ];

    private IEnumerable<(string Side, UnitPrice Price, HourCurve Curve)> Sorted() => levels
        .OrderBy(level => level.Key.Side, StringComparer.Ordinal)
        .ThenBy(level => level.Key.Price.Currency.Code, StringComparer.Ordinal)
        .ThenBy(level => level.Key.Side == "ask" ? level.Key.Price.MicrosPerGpuHour : -level.Key.Price.MicrosPerGpuHour)
        .Select(level => (level.Key.Side, level.Key.Price, level.Value));

    private static UnitPriceModel Model(UnitPrice price) => new(price.PerGpuHour, price.Currency.Code);

    private static HourSlot Hour(string text) => HourSlot.Containing(InstantPattern.ExtendedIso.Parse(text).Value);
}

/// <summary>What an update of a followed book is.</summary>
public enum BookUpdateKind
{
    /// <summary>The copy was made anew: at the beginning, and after something was missed. Trades may have been missed, too.</summary>
    Snapshot,

    /// <summary>The copy was changed.</summary>
    Depth,

    /// <summary>A trade; its depth comes with the next change.</summary>
    Trade,
}

/// <summary>An update of a followed book.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Book">The copy, after the update; always the same one.</param>
/// <param name="Changes">What changed, with <see cref="BookUpdateKind.Depth"/>; otherwise empty.</param>
/// <param name="Trade">The trade, with <see cref="BookUpdateKind.Trade"/>; otherwise null.</param>
public sealed record BookUpdate(BookUpdateKind Kind, FollowedBook Book, IReadOnlyList<DepthRunModel> Changes, MarketTradeModel? Trade);
