using Marketplace.Contracts;
using Marketplace.Testing.Store;
using Marketplace.Verification.Protocol;
using Marketplace.Verification.Sessions;
using Marketplace.Verification.StartVerification;
using Marketplace.Verification.SubmitOpenings;
using Marketplace.Verification.SubmitRoots;
using Marketplace.Verification.Tests.Protocol;
using NodaTime;

namespace Marketplace.Verification.Tests.Sessions;

public sealed class SessionTests
{
    [Fact]
    public async Task An_honest_machine_passes_and_its_certificate_is_readable_when_that_is_told()
    {
        await using var scene = new VerificationScene();
        await scene.RequestAsync();
        Assert.Equal(VerificationScene.Id, Assert.Single(await scene.Reader.ListOpenAsync(VerificationScene.Machine, default)).Id);

        var ended = await scene.ProveAsync(seconds: 0.5);

        Assert.Equal(SessionState.Passed, ended.State);
        var told = Assert.Single(scene.Reported);
        Assert.True(told.Passed);
        Assert.Equal(3, told.Proven!.Int8Gops);
        Assert.NotNull(await scene.Reader.FindAsync(told.CertificateId!.Value, default));
        Assert.Empty(await scene.Reader.ListOpenAsync(VerificationScene.Machine, default));
        Assert.Equal(SessionState.Passed, (await scene.Reader.FindAsync(VerificationScene.Provider, VerificationScene.Id, default))!.State);
        Assert.Null(await scene.Reader.FindAsync(VerificationScene.Other, VerificationScene.Id, default));
    }

    [Fact]
    public async Task A_slow_machine_fails_with_the_proven_figure()
    {
        await using var scene = new VerificationScene();
        await scene.RequestAsync(int8Gops: 10);
        await scene.ProveAsync(seconds: 4);
        var told = Assert.Single(scene.Reported);
        Assert.False(told.Passed);
        Assert.Equal(VerificationFailure.BelowClaim, told.Failure);
        Assert.InRange(told.Proven!.Int8Gops, 4, 5);
        Assert.Null(told.CertificateId);
    }

    [Theory]
    [InlineData(2.20, true)]
    [InlineData(2.28, false)]
    public async Task The_accepted_fraction_of_the_claim_decides(double seconds, bool passes)
    {
        await using var scene = new VerificationScene();
        await scene.RequestAsync(int8Gops: 20);
        var ended = await scene.ProveAsync(seconds);
        Assert.Equal(passes, ended.State == SessionState.Passed);
    }

    [Fact]
    public async Task Wrong_openings_fail_the_session_for_good()
    {
        await using var scene = new VerificationScene();
        await scene.RequestAsync();
        var started = (await scene.StartAsync()).Value;
        var cheat = new HonestProver(started.Parameters, started.Seeds, (_, digest) => digest ^ 1);
        var units = (await scene.SubmitRootsAsync(cheat.Roots)).Value.Units;
        var ended = (await scene.SubmitOpeningsAsync(cheat.Open(units))).Value;
        await scene.Market.RunAsync();
        Assert.Equal((SessionState.Failed, ProofFault.DigestMismatch), (ended.State, ended.Outcome!.Fault));
        Assert.Equal(VerificationFailure.ProofInvalid, Assert.Single(scene.Reported).Failure);

        var honest = new HonestProver(started.Parameters, started.Seeds);
        Assert.Equal(SubmitOpeningsRefusal.Ended, (await scene.SubmitOpeningsAsync(honest.Open(units))).Refusal);
        Assert.Equal(StartVerificationRefusal.Ended, (await scene.StartAsync(2)).Refusal);
    }

    [Fact]
    public async Task Repeated_requests_get_the_first_answers_and_one_report()
    {
        await using var scene = new VerificationScene();
        await scene.RequestAsync();
        var first = (await scene.StartAsync()).Value;
        scene.Market.Time.Advance(Duration.FromMilliseconds(500));
        Assert.Equal(first.Seeds, (await scene.StartAsync()).Value.Seeds);
        var prover = new HonestProver(first.Parameters, first.Seeds);
        var units = (await scene.SubmitRootsAsync(prover.Roots)).Value.Units;
        scene.Market.Time.Advance(Duration.FromSeconds(60));
        Assert.Equal(units, (await scene.SubmitRootsAsync(prover.Roots)).Value.Units);
        Assert.Equal(SubmitRootsRefusal.OtherRootsSubmitted, (await scene.SubmitRootsAsync(new byte[prover.Roots.Length])).Refusal);
        var ended = (await scene.SubmitOpeningsAsync(prover.Open(units))).Value;
        Assert.Equal(ended.Outcome, (await scene.SubmitOpeningsAsync(prover.Open(units))).Value.Outcome);
        await scene.Market.RunAsync();
        Assert.Equal(SessionState.Passed, ended.State);
        Assert.Single(scene.Reported);
    }

    [Fact]
    public async Task An_attempt_may_begin_anew_until_its_roots_are_in()
    {
        await using var scene = new VerificationScene();
        await scene.RequestAsync();
        var first = (await scene.StartAsync()).Value;
        scene.Market.Time.Advance(Duration.FromSeconds(20));
        var second = (await scene.StartAsync(2)).Value;
        Assert.NotEqual(first.Seeds, second.Seeds);
        Assert.Equal(SubmitRootsRefusal.AttemptSuperseded, (await scene.SubmitRootsAsync(new HonestProver(first.Parameters, first.Seeds).Roots)).Refusal);

        scene.Market.Time.Advance(Duration.FromMilliseconds(500));
        var prover = new HonestProver(second.Parameters, second.Seeds);
        var units = (await scene.SubmitRootsAsync(prover.Roots, 2)).Value.Units;
        Assert.Equal(StartVerificationRefusal.AlreadyChallenged, (await scene.StartAsync(3)).Refusal);
        Assert.Equal(second.Seeds, (await scene.StartAsync(2)).Value.Seeds);
        Assert.Equal(SessionState.Passed, (await scene.SubmitOpeningsAsync(prover.Open(units))).Value.State);
    }

    [Fact]
    public async Task Attempts_are_counted_and_limited()
    {
        await using var scene = new VerificationScene();
        await scene.RequestAsync();
        Assert.Equal(StartVerificationRefusal.AttemptOutOfOrder, (await scene.StartAsync(2)).Refusal);
        for (var attempt = 1; attempt <= 10; attempt++) Assert.True((await scene.StartAsync(attempt)).IsAccepted);
        Assert.Equal(StartVerificationRefusal.TooManyAttempts, (await scene.StartAsync(11)).Refusal);
        await scene.Market.RunAsync();
        Assert.Equal(VerificationFailure.NotCompleted, Assert.Single(scene.Reported).Failure);
        Assert.Empty(await scene.Reader.ListOpenAsync(VerificationScene.Machine, default));

        // Asked again, where the answer was lost, it says the same.
        Assert.Equal(StartVerificationRefusal.TooManyAttempts, (await scene.StartAsync(11)).Refusal);
    }

    [Fact]
    public async Task Messages_out_of_state_are_refused_and_change_nothing()
    {
        await using var scene = new VerificationScene();
        Assert.Equal(StartVerificationRefusal.NotFound, (await scene.StartAsync()).Refusal);
        await scene.RequestAsync();
        Assert.Equal(SubmitRootsRefusal.NotStarted, (await scene.SubmitRootsAsync(new byte[32])).Refusal);
        Assert.Equal(SubmitOpeningsRefusal.NotChallenged, (await scene.SubmitOpeningsAsync([])).Refusal);
        await scene.StartAsync();
        Assert.Equal(SubmitRootsRefusal.WrongNumberOfRoots, (await scene.SubmitRootsAsync(new byte[31])).Refusal);
        Assert.Equal(SubmitOpeningsRefusal.NotChallenged, (await scene.SubmitOpeningsAsync([])).Refusal);
        Assert.Equal(SessionState.Started, (await scene.Reader.FindAsync(VerificationScene.Machine, VerificationScene.Id, default))!.State);
    }

    [Fact]
    public async Task Another_machine_finds_no_session()
    {
        await using var scene = new VerificationScene();
        await scene.RequestAsync();
        var other = VerificationScene.OtherMachine;
        Assert.Equal(StartVerificationRefusal.NotFound, (await scene.StartAsync(machine: other)).Refusal);
        Assert.Equal(SubmitRootsRefusal.NotFound, (await scene.SubmitRootsAsync(new byte[32], machine: other)).Refusal);
        Assert.Equal(SubmitOpeningsRefusal.NotFound, (await scene.SubmitOpeningsAsync([], other)).Refusal);
        Assert.Empty(await scene.Reader.ListOpenAsync(other, default));
    }

    [Fact]
    public async Task A_session_nobody_starts_fails_when_it_expires()
    {
        await using var scene = new VerificationScene();
        await scene.RequestAsync();
        await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromHours(23));
        Assert.Empty(scene.Reported);
        await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromHours(1));
        Assert.Equal(VerificationFailure.NotCompleted, Assert.Single(scene.Reported).Failure);
        Assert.Equal(StartVerificationRefusal.Ended, (await scene.StartAsync()).Refusal);
        Assert.Empty(await scene.Reader.ListOpenAsync(VerificationScene.Machine, default));
    }

    [Fact]
    public async Task A_started_session_that_is_given_up_fails_within_minutes()
    {
        await using var scene = new VerificationScene();
        await scene.RequestAsync();
        var started = (await scene.StartAsync()).Value;
        Assert.InRange(started.ExpiresAt - scene.Market.Time.Now, Duration.FromMinutes(3), Duration.FromMinutes(5));
        await scene.Market.RunUntilAsync(started.ExpiresAt);
        Assert.Equal(VerificationFailure.NotCompleted, Assert.Single(scene.Reported).Failure);
        Assert.Equal(SubmitRootsRefusal.Ended, (await scene.SubmitRootsAsync(new HonestProver(started.Parameters, started.Seeds).Roots)).Refusal);
    }

    [Fact]
    public async Task A_clock_that_stepped_back_proves_nothing()
    {
        await using var scene = new VerificationScene();
        await scene.RequestAsync();
        var ended = await scene.ProveAsync(seconds: -1);
        Assert.Equal((SessionState.Failed, (Capacity?)null), (ended.State, ended.Outcome!.Proven));
    }

    public static TheoryData<string, GpuModelId, Capacity, int> Unprovable => new()
    {
        { "nothing claimed", VerificationScene.Cpu, new Capacity(0, 0, 0, 0), 1 },
        { "less than nothing", VerificationScene.Gpu, new Capacity(100, -1, 0, 0), 1 },
        { "an absurd claim", VerificationScene.Gpu, new Capacity(0, 1_000_000_001, 0, 0), 1 },
        { "no count", VerificationScene.Cpu, new Capacity(100, 0, 0, 0), 0 },
        { "a processor's memory, and none of its arithmetic", VerificationScene.Cpu, new Capacity(0, 0, 1_000, 1_000), 1 },
        { "too many devices", VerificationScene.Gpu, new Capacity(100, 0, 0, 0), 65 },
    };

    [Theory]
    [MemberData(nameof(Unprovable), DisableDiscoveryEnumeration = true)]
    public async Task What_cannot_be_proven_fails_at_once(string what, GpuModelId model, Capacity claim, int count)
    {
        await using var scene = new VerificationScene();
        await scene.RequestAsync(model: model, claim: claim, count: count);
        Assert.True(Assert.Single(scene.Reported).Failure == VerificationFailure.NotCompleted, what);
        Assert.Empty(await scene.Reader.ListOpenAsync(VerificationScene.Machine, default));
    }

    [Fact]
    public async Task Several_GPUs_prove_their_sum_and_are_reported_each()
    {
        await using var scene = new VerificationScene();
        await scene.RequestAsync(int8Gops: 1, count: 4);
        var ended = await scene.ProveAsync(seconds: 1.9);
        Assert.Equal(SessionState.Passed, ended.State);
        Assert.Equal(1, ended.Outcome!.Proven!.Int8Gops);
        Assert.Equal(4, ended.Part.Parameters.Devices);
    }

    /// <summary>Store faults and disorder at every step: the client repeats what threw, and one report comes out.</summary>
    [Fact]
    public async Task Faults_and_repetitions_anywhere_leave_one_verdict()
    {
        for (var seed = 1; seed <= 15; seed++)
        {
            var random = new Random(seed);
            await using var scene = new VerificationScene(seed, 0.2, _ => random.NextDouble() switch
            {
                < 0.05 => StoreFault.ThrowBefore,
                < 0.10 => StoreFault.ThrowAfter,
                < 0.15 => StoreFault.Conflict,
                _ => StoreFault.None,
            });
            await UntilItAnswers(async () => { await scene.RequestAsync(); return true; });
            await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromMinutes(5));
            var started = (await UntilItAnswers(() => scene.StartAsync())).Value;
            var prover = new HonestProver(started.Parameters, started.Seeds);
            scene.Market.Time.Advance(Duration.FromMilliseconds(500));
            var units = (await UntilItAnswers(() => scene.SubmitRootsAsync(prover.Roots))).Value.Units;
            var ended = await UntilItAnswers(() => scene.SubmitOpeningsAsync(prover.Open(units)));
            await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromHours(1));
            Assert.True(ended.Value.State == SessionState.Passed, $"seed {seed}");
            Assert.True(scene.Reported.Count == 1 && scene.Reported[0].Passed, $"seed {seed}: {scene.Reported.Count} reports, {string.Join(";", scene.Market.Messages.DeadLetters)}");
        }
    }

    private static async Task<T> UntilItAnswers<T>(Func<Task<T>> ask)
    {
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (InjectedStoreFaultException)
            {
                // Asked again, as a client does.
            }
        }
    }
}
