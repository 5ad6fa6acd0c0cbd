using Marketplace.Trading.UpdateBid;

namespace Marketplace.Trading.ExplainBid;

/// <summary>What a constraint keeps from a bid.</summary>
/// <param name="Constraint">The constraint.</param>
/// <param name="ExcludedGpuCount">GPUs offered in the book that it excludes, whatever the others do.</param>
/// <param name="AvailableIfLiftedGpuCount">GPUs that the bid could buy from if only this one were lifted and all others held.</param>
public sealed record ExcludedCapacity(BidConstraint Constraint, long ExcludedGpuCount, long AvailableIfLiftedGpuCount);

/// <summary>Why a bid has not bought what it still wants.</summary>
/// <param name="Sequence">The number of the book's last event: this is so after it.</param>
/// <param name="Hours">The hours that are explained: the bid's, or those of a flexible bid in which it comes nearest.</param>
/// <param name="OpenGpuCount">GPUs that it still wants.</param>
/// <param name="OfferedGpuCount">GPUs offered in the book, sold ones and other hours included.</param>
/// <param name="AvailableGpuCount">GPUs that all constraints leave: it would buy from them if it came in now.</param>
/// <param name="Excluded">The constraints that exclude anything.</param>
/// <param name="NearestLimit">The lowest limit at which it would execute now, were it placed anew; null if it would not at any.</param>
public sealed record BidExplanation(
    long Sequence,
    HourWindow Hours,
    int OpenGpuCount,
    long OfferedGpuCount,
    long AvailableGpuCount,
    IReadOnlyList<ExcludedCapacity> Excluded,
    UnitPrice? NearestLimit);

/// <summary>A bid and why it has not bought what it still wants.</summary>
public sealed record ExplainedBid(Bid Bid, BidExplanation Explanation);
