using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Verification.Reverification;

/// <summary>Decides who is in a window and what comes of it.</summary>
public static class WindowRules
{
    /// <summary>
    /// What a machine has to prove for all that is offered of it: its fullest hour, at the most that any of its listings claims.
    /// </summary>
    public static RecheckedMachine Machine(MachineId machine, IReadOnlyList<WatchedListing> offered, bool isLeased, VerificationId verification)
    {
        var claim = offered.Select(listing => listing.Claim).Aggregate(Most);

        // A buyer's job keeps its memory; only rates can be asked for then, which takes the processors for seconds.
        if (isLeased) claim = RatesOf(claim);
        return new RecheckedMachine(machine, verification, offered[0].Model, FullestHour(offered), claim, isLeased);
    }

    /// <summary>
    /// The machines of one class of GPUs in a window, each asked for half of what any of them claims at least, figure by figure. Or one card could
    /// serve a claim of nothing but bf16 and a claim of nothing but int8: their parts begin at different times, and it would answer both. Whoever
    /// has the card that it claims has half of what another of the class does.
    /// </summary>
    public static IEnumerable<RecheckedMachine> Level(IReadOnlyList<RecheckedMachine> ofOneClass)
    {
        var most = ofOneClass.Select(machine => machine.Claim).Aggregate(Most);
        var half = new Capacity(Half(most.Int8Gops), Half(most.Bf16Gflops), Half(most.MemoryMB), Half(most.MemoryBandwidthMBps), Half(most.Fp64Gflops));
        return ofOneClass.Select(machine => machine with { Claim = Most(machine.Claim, machine.IsLeased ? RatesOf(half) : half) });

        static long Half(long figure) => (figure + 1) / 2;
    }

    /// <summary>What of a claim a leased machine proves: all but the memory.</summary>
    public static Capacity RatesOf(Capacity claim) => claim with { MemoryMB = 0, MemoryBandwidthMBps = 0 };

    /// <summary>Whether one capacity is at least another in every figure.</summary>
    public static bool Covers(this Capacity capacity, Capacity other) => Most(capacity, other) == capacity;

    /// <summary>The decided window.</summary>
    public static RecheckWindow Decide(RecheckWindow window, Instant now) => window with
    {
        DecidedAt = now,
        HoldsTogether = JointBound.Holds(Passed(window).SelectMany(machine => machine.Answer!.Work)),
    };

    /// <summary>What a machine of a decided window proved per GPU; null where nothing.</summary>
    public static Capacity? Proven(RecheckWindow window, RecheckedMachine machine)
    {
        if (machine.Answer is not { Proven: { } proven } answer) return null;
        if (window.HoldsTogether == true || !answer.Passed) return proven;

        // Together they proved less than each by itself: each by its part of the joint time.
        var all = Passed(window).SelectMany(other => other.Answer!.Work).ToList();
        var share = answer.Work.Select(part => JointBound.Share(part, all)).DefaultIfEmpty(0).Min();
        return new Capacity((long)(proven.Int8Gops * share), (long)(proven.Bf16Gflops * share), proven.MemoryMB, (long)(proven.MemoryBandwidthMBps * share), (long)(proven.Fp64Gflops * share));
    }

    /// <summary>The window with a session's answer. The first counts.</summary>
    public static RecheckWindow Answered(RecheckWindow window, VerificationId verification, RecheckAnswer answer) => window with
    {
        Machines = [.. window.Machines.Select(machine => machine.VerificationId == verification && machine.Answer is null ? machine with { Answer = answer } : machine)],
    };

    /// <summary>The verdict on a machine of a window that is the last.</summary>
    public static MachineRechecked Verdict(RecheckWindow window, RecheckedMachine machine)
    {
        var passed = window.HasPassed(machine);
        VerificationFailure? failure = passed ? null
            : machine.Answer is null ? VerificationFailure.NotCompleted
            : machine.Answer.Failure ?? VerificationFailure.BelowClaim;
        return new MachineRechecked(
            window.Id,
            window.Provider,
            machine.MachineId,
            passed,
            failure,
            machine.Claim,
            Proven(window, machine),
            passed ? machine.Answer!.CertificateId : null,
            window.DecidedAt!.Value);
    }

    private static IEnumerable<RecheckedMachine> Passed(RecheckWindow window) => window.Machines.Where(machine => machine.Answer is { Passed: true });

    private static int FullestHour(IReadOnlyList<WatchedListing> offered) =>
        offered.Max(first => offered.Where(listing => listing.Window.Contains(first.Window.From)).Sum(listing => listing.GpuCount));

    private static Capacity Most(Capacity left, Capacity right) => new(
        Math.Max(left.Int8Gops, right.Int8Gops),
        Math.Max(left.Bf16Gflops, right.Bf16Gflops),
        Math.Max(left.MemoryMB, right.MemoryMB),
        Math.Max(left.MemoryBandwidthMBps, right.MemoryBandwidthMBps),
        Math.Max(left.Fp64Gflops, right.Fp64Gflops));
}
