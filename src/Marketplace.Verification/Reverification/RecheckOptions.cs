using NodaTime;

namespace Marketplace.Verification.Reverification;

/// <summary>What a host may set. What is stated in the README are the values here.</summary>
public sealed class RecheckOptions
{
    /// <summary>The mean time from one draw of a provider to the next; every machine with something on offer is then in the window.</summary>
    public Duration MeanWait { get; set; } = Duration.FromDays(7);

    /// <summary>The same for providers that are new or failed lately.</summary>
    public Duration CloseMeanWait { get; set; } = Duration.FromDays(2);

    /// <summary>How long a provider is new after its first offer, and a failure lately.</summary>
    public Duration CloseWatch { get; set; } = Duration.FromDays(30);

    /// <summary>How long before a certificate expires the machine is verified again.</summary>
    public Duration RenewBefore { get; set; } = Duration.FromDays(2);

    /// <summary>How long past its certificate's expiry a listing stays on offer while its machine is leased, since its memory can't be proven then.</summary>
    public Duration MemoryKept { get; set; } = Duration.FromDays(30);

    /// <summary>From the announcement to the start: long enough for every worker to have asked.</summary>
    public Duration Notice { get; set; } = Duration.FromMinutes(1);

    /// <summary>From the start to the end, within which every session of the window must begin and be complete; longer where a processor claims much memory.</summary>
    public Duration Span { get; set; } = Duration.FromMinutes(3);

    /// <summary>How much later a window is decided, so that what was complete in time is heard of first.</summary>
    public Duration Grace { get; set; } = Duration.FromMinutes(1);
}
