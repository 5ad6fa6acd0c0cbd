using NodaTime;

namespace Marketplace.Verification.Reverification;

/// <summary>
/// What machines prove together. Each session by itself bounds the rate of whatever answered it; a device that answers two claims one
/// after the other keeps both bounds. Over the time from the first start to the last end it did the work of both, and so has half the rate.
/// </summary>
public static class JointBound
{
    /// <summary>
    /// Whether, for every figure, the proven work over the time from the first start to the last end reaches the accepted fraction of the
    /// claims. Nothing at all holds.
    /// </summary>
    public static bool Holds(IEnumerable<ProvenWork> work) => work.GroupBy(part => part.Figure).All(figure => Holds([.. figure]));

    /// <summary>
    /// A machine's rate over the joint time instead of its own: what is left of it to believe where the bound does not hold.
    /// </summary>
    /// <param name="part">Of the machine.</param>
    /// <param name="all">Of all machines, this one's with it.</param>
    public static double Share(ProvenWork part, IEnumerable<ProvenWork> all) =>
        (part.EndedAt - part.StartedAt) / Time([.. all.Where(other => other.Figure == part.Figure)]);

    private static bool Holds(IReadOnlyList<ProvenWork> figure)
    {
        var seconds = Time(figure).TotalSeconds;
        return seconds > 0
            && figure.Sum(part => part.Proven * (part.EndedAt - part.StartedAt).TotalSeconds) >= seconds * figure.Sum(part => part.AcceptedFraction * part.Claimed);
    }

    private static Duration Time(IReadOnlyList<ProvenWork> figure) => figure.Max(part => part.EndedAt) - figure.Min(part => part.StartedAt);
}
