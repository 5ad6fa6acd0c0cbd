namespace Marketplace.Finance;

/// <summary>
/// Which of several sides that should agree are wrong: those that differ from what most say, the earlier stage on a tie. So one
/// wrong record is one difference, whichever it is, and not one with each of its neighbours.
/// </summary>
internal static class Consensus
{
    /// <summary>The side that speaks for the majority, or null if there is none at all.</summary>
    public static DifferenceSide? Of(IReadOnlyList<DifferenceSide> sides) =>
        sides.GroupBy(s => s.Amount).OrderByDescending(g => g.Count()).Select(g => g.First()).FirstOrDefault();

    /// <summary>The sides that differ from the majority.</summary>
    public static IEnumerable<(DifferenceSide Agreed, DifferenceSide Other)> Deviations(IReadOnlyList<DifferenceSide> sides) =>
        Of(sides) is { } agreed ? sides.Where(s => s.Amount != agreed.Amount).Select(s => (agreed, s)) : [];
}
