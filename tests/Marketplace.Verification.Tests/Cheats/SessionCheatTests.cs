using Marketplace.Contracts;
using Marketplace.Verification.Protocol;
using Marketplace.Verification.Sessions;
using Marketplace.Verification.StartVerification;
using Marketplace.Verification.SubmitOpenings;
using Marketplace.Verification.SubmitRoots;
using Marketplace.Verification.Tests.Protocol;
using Marketplace.Verification.Tests.Sessions;
using NodaTime;

namespace Marketplace.Verification.Tests.Cheats;

/// <summary>Cheats by the order, the content and the time of messages, against the real handlers.</summary>
public sealed class SessionCheatTests
{
    private static readonly ReportedFacts Boasting = new(
        "EPYC 9999", 1024, 99_000_000, "linux", "wgmma", "9.9", new string('a', 64), [.. Enumerable.Range(0, 8).Select(i => new ReportedDevice("NVIDIA H200", $"GPU-{i}", 141_000, "999"))]);

    /// <summary>Its own clock has no place in any message, and what NVML is made to say is kept apart from what is proven.</summary>
    [Fact]
    public async Task Fake_clock_and_fake_devices_move_no_figure()
    {
        await using var scene = new VerificationScene();
        await scene.RequestAsync(int8Gops: 2);
        var started = (await scene.StartAsync()).Value;
        var prover = new HonestProver(started.Parameters, started.Seeds);
        scene.Market.Time.Advance(Duration.FromSeconds(4));
        var submit = scene.Market.Get<SubmitRootsHandler>();
        var units = (await submit.HandleAsync(new SubmitRoots.SubmitRoots(VerificationScene.Machine, VerificationScene.Id, 0, 1, prover.Roots, Boasting), default)).Value.Units;

        // Openings that come late or at once change nothing either: the clock stopped at the roots.
        scene.Market.Time.Advance(Duration.FromSeconds(1));
        var ended = (await scene.SubmitOpeningsAsync(prover.Open(units))).Value;
        Assert.Equal((VerificationFailure.BelowClaim, 0), (ended.Outcome!.Failure!.Value, ended.Outcome.Proven!.Int8Gops));
    }

    [Fact]
    public async Task Work_done_on_a_guessed_seed_before_the_clock_starts_is_no_proof()
    {
        await using var scene = new VerificationScene();
        await scene.RequestAsync();
        var parameters = (await scene.SessionAsync())!.Part.Parameters;
        var early = new HonestProver(parameters, HonestProver.Seeds(parameters, 7));
        await scene.StartAsync();
        Assert.Equal(ProofFault.DigestMismatch, await HandInAsync(scene, early));
    }

    [Fact]
    public async Task Work_of_an_abandoned_attempt_is_no_proof_for_the_next()
    {
        await using var scene = new VerificationScene();
        await scene.RequestAsync();
        var first = (await scene.StartAsync()).Value;
        var early = new HonestProver(first.Parameters, first.Seeds);
        scene.Market.Time.Advance(Duration.FromSeconds(60));
        await scene.StartAsync(2);
        Assert.Equal(ProofFault.DigestMismatch, await HandInAsync(scene, early, attempt: 2));
    }

    /// <summary>Asking again for the seeds of a running attempt, to have them without the time: the clock does not start anew.</summary>
    [Fact]
    public async Task Asking_for_the_seeds_again_does_not_set_the_clock_back()
    {
        await using var scene = new VerificationScene();
        await scene.RequestAsync(int8Gops: 2);
        var started = (await scene.StartAsync()).Value;
        scene.Market.Time.Advance(Duration.FromSeconds(4));
        Assert.Equal(started.Seeds, (await scene.StartAsync()).Value.Seeds);
        var prover = new HonestProver(started.Parameters, started.Seeds);
        scene.Market.Time.Advance(Duration.FromMilliseconds(10));
        Assert.Equal(ProofFault.None, await HandInAsync(scene, prover));
        Assert.Equal(VerificationFailure.BelowClaim, Assert.Single(scene.Reported).Failure);
    }

    /// <summary>It skipped an eighth, and opens what it has where what is asked was skipped.</summary>
    [Fact]
    public async Task Opening_other_units_than_asked_is_found()
    {
        await using var scene = new VerificationScene();
        await scene.RequestAsync();
        var started = (await scene.StartAsync()).Value;
        var cheat = new HonestProver(started.Parameters, started.Seeds, (unit, digest) => unit.Unit == 3 ? 0 : digest);
        scene.Market.Time.Advance(Duration.FromMilliseconds(500));
        var units = (await scene.SubmitRootsAsync(cheat.Roots)).Value.Units;
        var others = units.Select(unit => unit.Unit == 3 ? unit with { Round = (unit.Round + 1) % started.Parameters.Rounds, Unit = 2 } : unit).ToList();
        var ended = (await scene.SubmitOpeningsAsync(cheat.Open(others))).Value;
        Assert.Equal((SessionState.Failed, ProofFault.PathMismatch), (ended.State, ended.Outcome!.Fault));
    }

    /// <summary>It sees that a unit it skipped is drawn: it can neither draw again nor begin again, and going away is a failure that all can read.</summary>
    [Fact]
    public async Task Aborting_a_challenge_one_dislikes_is_a_failure_in_public()
    {
        await using var scene = new VerificationScene();
        await scene.RequestAsync();
        await scene.StartAsync(1);
        var started = (await scene.StartAsync(2)).Value;
        var cheat = new HonestProver(started.Parameters, started.Seeds, (unit, digest) => unit.Unit == 3 ? 0 : digest);
        scene.Market.Time.Advance(Duration.FromMilliseconds(500));
        var disliked = (await scene.SubmitRootsAsync(cheat.Roots, 2)).Value.Units;
        var honest = new HonestProver(started.Parameters, started.Seeds);
        Assert.Equal(SubmitRootsRefusal.OtherRootsSubmitted, (await scene.SubmitRootsAsync(honest.Roots, 2)).Refusal);
        Assert.Equal(disliked, (await scene.SubmitRootsAsync(cheat.Roots, 2)).Value.Units);
        Assert.Equal(StartVerificationRefusal.AlreadyChallenged, (await scene.StartAsync(3)).Refusal);
        await scene.Market.RunUntilAsync(started.ExpiresAt);
        Assert.Equal(VerificationFailure.NotCompleted, Assert.Single(scene.Reported).Failure);
        var listed = Assert.Single(await scene.Reader.ListEndedAsync(VerificationScene.Machine, 10, default));
        Assert.Equal((SessionState.Failed, 2), (listed.State, listed.Part.Attempt));
    }

    [Fact]
    public async Task Roots_and_openings_of_an_earlier_session_prove_nothing_in_the_next()
    {
        await using var earlier = new VerificationScene(seed: 1);
        await earlier.RequestAsync();
        var started = (await earlier.StartAsync()).Value;
        var replayed = new HonestProver(started.Parameters, started.Seeds);
        await using var scene = new VerificationScene(seed: 2);
        await scene.RequestAsync();
        Assert.NotEqual(started.Seeds, (await scene.StartAsync()).Value.Seeds);
        Assert.Equal(ProofFault.DigestMismatch, await HandInAsync(scene, replayed));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(-32)]
    [InlineData(32)]
    [InlineData(1 << 20)]
    public async Task Truncated_and_oversized_roots_are_refused_and_the_clock_runs_on(int more)
    {
        await using var scene = new VerificationScene();
        await scene.RequestAsync();
        var started = (await scene.StartAsync()).Value;
        var roots = new byte[more == 0 ? 0 : started.Parameters.RootsLength + more];
        Assert.Equal(SubmitRootsRefusal.WrongNumberOfRoots, (await scene.SubmitRootsAsync(roots)).Refusal);
        Assert.Equal(SessionState.Started, (await scene.SessionAsync())!.State);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(int.MinValue)]
    public async Task Truncated_and_oversized_openings_fail_the_session(int more)
    {
        await using var scene = new VerificationScene();
        await scene.RequestAsync();
        var started = (await scene.StartAsync()).Value;
        var prover = new HonestProver(started.Parameters, started.Seeds);
        scene.Market.Time.Advance(Duration.FromMilliseconds(500));
        var openings = prover.Open((await scene.SubmitRootsAsync(prover.Roots)).Value.Units);
        Array.Resize(ref openings, openings.Length + Math.Max(more, -openings.Length));
        var ended = (await scene.SubmitOpeningsAsync(openings)).Value;
        Assert.Equal((SessionState.Failed, ProofFault.OpeningsMalformed), (ended.State, ended.Outcome!.Fault));
    }

    /// <summary>Two devices are claimed and one does the work of both, in turn or at once: by our clock it takes twice as long.</summary>
    [Theory]
    [InlineData(2, true)]
    [InlineData(1, false)]
    public async Task One_device_cannot_prove_two_in_one_session(int devices, bool passes)
    {
        await using var scene = new VerificationScene();
        await scene.RequestAsync(int8Gops: 2, count: 2);
        var parameters = (await scene.SessionAsync())!.Part.Parameters;
        var ended = await scene.ProveAsync(parameters.TotalWork / (devices * 2.3e9));
        Assert.Equal(passes, ended.State == SessionState.Passed);
    }

    /// <summary>Memory of two cards that one holds in turn, where no bandwidth is claimed that it could miss.</summary>
    [Theory]
    [InlineData(2, true)]
    [InlineData(1, false)]
    public async Task One_card_cannot_hold_the_memory_of_two_one_after_the_other(int cards, bool passes)
    {
        await using var scene = new VerificationScene();
        await scene.RequestAsync(model: VerificationScene.Gpu, count: 2, claim: new Capacity(1, 0, 141_000, 0));
        var session = (await scene.SessionAsync())!;
        var memory = session.Parts.Single(part => part.Parameters.Workload == Workload.MemoryPasses).Parameters;
        var proven = ProvenFigures.Of(memory, Duration.FromSeconds(memory.TotalWork / (cards * 4.3e12)), 1, session.Claim)!;
        Assert.Equal(passes, ProvenFigures.Suffice(Workload.MemoryPasses, proven, session.Claim, session.AcceptedFraction));
    }

    private static async Task<ProofFault> HandInAsync(VerificationScene scene, HonestProver prover, int attempt = 1)
    {
        scene.Market.Time.Advance(Duration.FromMilliseconds(10));
        var units = (await scene.SubmitRootsAsync(prover.Roots, attempt)).Value.Units;
        var ended = (await scene.SubmitOpeningsAsync(prover.Open(units))).Value;
        await scene.Market.RunAsync();
        return ended.Outcome!.Fault;
    }
}
