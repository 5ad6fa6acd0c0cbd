namespace Marketplace.Client.Models;

/// <summary>Why a bid has not bought what it still wants.</summary>
/// <param name="BidId">The bid.</param>
/// <param name="Status">Where it is.</param>
/// <param name="Sequence">The number of the order book's last event: this is so after it.</param>
/// <param name="Hours">The hours that are explained: the bid's, or those of a flexible bid in which it comes nearest.</param>
/// <param name="OpenGpuCount">GPUs that it still wants.</param>
/// <param name="OfferedGpuCount">GPUs offered in the order book, sold ones and other hours included.</param>
/// <param name="AvailableGpuCount">GPUs that all constraints leave: it would buy from them if it came in now.</param>
/// <param name="Excluded">The constraints that exclude anything.</param>
/// <param name="NearestLimit">The lowest limit at which it would execute now, were it placed anew; null if it would not at any.</param>
public sealed record BidExplanationModel(
    string BidId,
    string Status,
    long Sequence,
    WindowModel Hours,
    int OpenGpuCount,
    long OfferedGpuCount,
    long AvailableGpuCount,
    IReadOnlyList<ExcludedCapacityModel> Excluded,
    LimitModel? NearestLimit);

/// <summary>What a constraint keeps from a bid.</summary>
/// <param name="Constraint">
/// <c>currency</c>, <c>window</c>, <c>minimumHours</c> (the listing's shortest block), <c>int8Gops</c>, <c>bf16Gflops</c>, <c>memoryMB</c>,
/// <c>memoryBandwidthMBps</c>, <c>maxPue</c>, <c>maxGridCarbonGramsPerKWh</c>, <c>ownOrganisation</c>, <c>soldOut</c>, <c>placement</c>,
/// <c>limit</c>, <c>minimumGpuCount</c> (what is left is too little for one execution) or <c>halted</c>.
/// </param>
/// <param name="ExcludedGpuCount">GPUs offered that it excludes, whatever the others do.</param>
/// <param name="AvailableIfLiftedGpuCount">GPUs that the bid could buy from if only this one were lifted and all others held.</param>
public sealed record ExcludedCapacityModel(string Constraint, long ExcludedGpuCount, long AvailableIfLiftedGpuCount);
