using Marketplace.Contracts;
using Marketplace.Verification.Protocol;
using Marketplace.Verification.Sessions;
using Marketplace.Verification.StartVerification;
using Marketplace.Verification.SubmitOpenings;
using Marketplace.Verification.SubmitRoots;
using Marketplace.Verification.Tests.Protocol;

namespace Marketplace.Verification.Tests.Sessions;

/// <summary>Sessions of several parts, proven one after another.</summary>
public sealed class PartsTests
{
    // int8, fp64 and 10 MB of memory (48 passes of two mixes), small enough for a slow prover.
    internal static readonly Capacity Claim = new(1, 0, 10, 200, 1);

    [Fact]
    public async Task Parts_are_proven_one_after_another_and_their_figures_add_up()
    {
        await using var scene = new VerificationScene();
        await scene.RequestAsync(claim: Claim);
        var session = (await scene.SessionAsync())!;
        Assert.Equal([Workload.Int8Tiles, Workload.Fp64Chains, Workload.MemoryPasses], session.Parts.Select(part => part.Parameters.Workload));

        Assert.Equal(StartVerificationRefusal.PartOutOfOrder, (await scene.StartAsync(part: 1)).Refusal);
        session = await scene.ProveAsync(1);
        Assert.Equal((SessionState.Awaiting, 1), (session.State, session.PartIndex));
        Assert.Empty(scene.Reported);
        Assert.Equal(StartVerificationRefusal.PartOutOfOrder, (await scene.StartAsync(2)).Refusal);
        Assert.Equal(SubmitRootsRefusal.PartOutOfOrder, (await scene.SubmitRootsAsync(new byte[32], 2)).Refusal);
        Assert.Equal(SubmitOpeningsRefusal.NotChallenged, (await scene.SubmitOpeningsAsync([], part: 1)).Refusal);

        session = await scene.ProveAsync(1, part: 1);
        Assert.Equal((SessionState.Awaiting, 2), (session.State, session.PartIndex));
        session = await scene.ProveAsync(0.1, part: 2);
        Assert.Equal(SessionState.Passed, session.State);
        var proven = Assert.Single(scene.Reported).Proven!;
        Assert.Equal(session.Outcome!.Proven, proven);
        Assert.True(proven is { Int8Gops: >= 1, MemoryMB: 9, MemoryBandwidthMBps: >= 1, Fp64Gflops: >= 1, Bf16Gflops: 0 }, proven.ToString());
    }

    [Fact]
    public async Task A_part_below_its_claim_ends_the_session_and_the_figures_so_far_are_told()
    {
        await using var scene = new VerificationScene();
        await scene.RequestAsync(claim: Claim with { Fp64Gflops = 0 });
        await scene.ProveAsync(1);
        var session = await scene.ProveAsync(170, part: 1);
        Assert.Equal(VerificationFailure.BelowClaim, session.Outcome!.Failure);
        Assert.Equal(1, Assert.Single(scene.Reported).Proven!.Int8Gops);
        Assert.Equal(StartVerificationRefusal.Ended, (await scene.StartAsync(2, part: 1)).Refusal);
    }

    /// <summary>Ten per cent above what is proven divided by the accepted fraction must be refused for every figure, and just below must pass.</summary>
    [Fact]
    public void A_claim_a_tenth_above_what_the_proof_allows_is_refused_for_every_figure()
    {
        const double fraction = 0.85;
        var proven = new Capacity(1000, 2000, 3000, 4000, 5000);
        var allowed = new Capacity((long)(1000 / fraction), (long)(2000 / fraction), (long)(3000 / fraction), (long)(4000 / fraction), (long)(5000 / fraction));
        foreach (var workload in Enum.GetValues<Workload>()) Assert.True(ProvenFigures.Suffice(workload, proven, allowed, fraction));
        Assert.False(ProvenFigures.Suffice(Workload.Int8Tiles, proven, allowed with { Int8Gops = (long)(1100 / fraction) }, fraction));
        Assert.False(ProvenFigures.Suffice(Workload.Bf16Tiles, proven, allowed with { Bf16Gflops = (long)(2200 / fraction) }, fraction));
        Assert.False(ProvenFigures.Suffice(Workload.MemoryPasses, proven, allowed with { MemoryMB = (long)(3300 / fraction) }, fraction));
        Assert.False(ProvenFigures.Suffice(Workload.MemoryPasses, proven, allowed with { MemoryBandwidthMBps = (long)(4400 / fraction) }, fraction));
        Assert.False(ProvenFigures.Suffice(Workload.Fp64Chains, proven, allowed with { Fp64Gflops = (long)(5500 / fraction) }, fraction));
    }

    /// <summary>Beginning anew gains nothing: every attempt lowers what the same time proves, and all are on record.</summary>
    [Fact]
    public async Task Abandoned_attempts_are_counted_and_lower_the_bound()
    {
        await using var scene = new VerificationScene();
        await scene.RequestAsync(int8Gops: 20);
        await scene.StartAsync(1);
        await scene.StartAsync(2);
        await scene.StartAsync(3);
        await scene.StartAsync(4);
        var session = await scene.ProveAsync(1, attempt: 5);
        Assert.Equal(5, session.Part.Attempt);
        var parameters = session.Part.Parameters;
        Assert.Equal((long)(parameters.ProvenWorkPerSecond(1, 5) / 1e9), session.Outcome!.Proven!.Int8Gops);
        Assert.True(parameters.ProvenWorkPerSecond(1, 5) < parameters.ProvenWorkPerSecond(1, 1) * 0.996);
    }

    [Fact]
    public async Task A_machines_ended_tests_are_listed_newest_first_with_the_failed_ones()
    {
        await using var scene = new VerificationScene();
        await scene.RequestAsync();
        Assert.Empty(await scene.Reader.ListEndedAsync(VerificationScene.Machine, 10, default));
        await scene.StartAsync();
        await scene.Market.RunUntilAsync((await scene.SessionAsync())!.ExpiresAt);
        var ended = Assert.Single(await scene.Reader.ListEndedAsync(VerificationScene.Machine, 10, default));
        Assert.Equal((VerificationFailure.NotCompleted, 1), (ended.Outcome!.Failure, ended.Part.Attempt));
        Assert.Empty(await scene.Reader.ListEndedAsync(VerificationScene.OtherMachine, 10, default));
    }
}
