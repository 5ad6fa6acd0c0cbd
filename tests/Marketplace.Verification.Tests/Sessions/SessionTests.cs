using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
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
        Assert.Equal(1, told.Proven!.Int8Gops);
        Assert.NotNull(await scene.Reader.FindAsync(told.CertificateId!.Value, default));
        Assert.Empty(await scene.Reader.ListOpenAsync(VerificationScene.Machine, default));
        Assert.Equal(SessionState.Passed, (await scene.Reader.FindAsync(VerificationScene.Provider, VerificationScene.Id, default))!.State);
        Assert.Null(await scene.Reader.FindAsync(VerificationScene.Other, VerificationScene.Id, default));
    }

    [Fact]
    public async Task A_certificate_is_canonical_signed_and_enough_to_replay_the_proof()
    {
        await using var scene = new VerificationScene();
        await scene.RequestAsync();
        var ended = await scene.ProveAsync(seconds: 0.5);
        var certificate = (await scene.Reader.FindAsync(ended.Outcome!.CertificateId!.Value, default))!;

        Assert.True(scene.Signer.Key.VerifyData(Encoding.ASCII.GetBytes(certificate.Document), certificate.Signature, HashAlgorithmName.SHA256));
        var root = JsonDocument.Parse(certificate.Document).RootElement;
        Assert.Equal(certificate.Document, Canonical(root));
        var protocol = root.GetProperty("protocol");
        var parameters = new ProofParameters(
            protocol.GetProperty("size").GetInt32(),
            protocol.GetProperty("rounds").GetInt32(),
            protocol.GetProperty("lag").GetInt32(),
            protocol.GetProperty("draws").GetInt32(),
            double.Parse(protocol.GetProperty("epsilon").GetString()!, System.Globalization.CultureInfo.InvariantCulture));
        var seed = Convert.FromHexString(root.GetProperty("seed").GetString()!);
        var roots = Convert.FromBase64String(root.GetProperty("roots").GetString()!);
        Assert.Equal(new HonestProver(parameters, seed).Roots, roots);
        Assert.Equal(ended.Challenge!.Parameters, parameters);
        Assert.Equal(1, root.GetProperty("provenInt8Gops").GetInt64());
        Assert.Equal(500_000, root.GetProperty("elapsedMicroseconds").GetInt64());
    }

    private static string Canonical(JsonElement element) => element.ValueKind == JsonValueKind.Object
        ? "{" + string.Join(",", element.EnumerateObject().OrderBy(m => m.Name, StringComparer.Ordinal).Select(m => $"\"{m.Name}\":{Canonical(m.Value)}")) + "}"
        : element.GetRawText();

    [Fact]
    public async Task A_slow_machine_fails_with_the_proven_figure()
    {
        await using var scene = new VerificationScene();
        await scene.RequestAsync(int8Gops: 10);
        await scene.ProveAsync(seconds: 2);
        var told = Assert.Single(scene.Reported);
        Assert.False(told.Passed);
        Assert.Equal(VerificationFailure.BelowClaim, told.Failure);
        Assert.InRange(told.Proven!.Int8Gops, 4, 5);
        Assert.Null(told.CertificateId);
    }

    [Theory]
    [InlineData(1.10, true)]
    [InlineData(1.14, false)]
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
        var cheat = new HonestProver(started.Parameters, started.Seed, (_, digest) => digest ^ 1);
        var tiles = (await scene.SubmitRootsAsync(cheat.Roots)).Value.Tiles;
        var ended = (await scene.SubmitOpeningsAsync(cheat.Open(tiles))).Value;
        await scene.Market.RunAsync();
        Assert.Equal((SessionState.Failed, ProofFault.DigestMismatch), (ended.State, ended.Outcome!.Fault));
        Assert.Equal(VerificationFailure.ProofInvalid, Assert.Single(scene.Reported).Failure);

        var honest = new HonestProver(started.Parameters, started.Seed);
        Assert.Equal(SubmitOpeningsRefusal.Ended, (await scene.SubmitOpeningsAsync(honest.Open(tiles))).Refusal);
        Assert.Equal(StartVerificationRefusal.Ended, (await scene.StartAsync(2)).Refusal);
    }

    [Fact]
    public async Task Repeated_requests_get_the_first_answers_and_one_report()
    {
        await using var scene = new VerificationScene();
        await scene.RequestAsync();
        var first = (await scene.StartAsync()).Value;
        scene.Market.Time.Advance(Duration.FromMilliseconds(500));
        Assert.Equal(first.Seed, (await scene.StartAsync()).Value.Seed);
        var prover = new HonestProver(first.Parameters, first.Seed);
        var tiles = (await scene.SubmitRootsAsync(prover.Roots)).Value.Tiles;
        scene.Market.Time.Advance(Duration.FromSeconds(60));
        Assert.Equal(tiles, (await scene.SubmitRootsAsync(prover.Roots)).Value.Tiles);
        Assert.Equal(SubmitRootsRefusal.OtherRootsSubmitted, (await scene.SubmitRootsAsync(new byte[prover.Roots.Length])).Refusal);
        var ended = (await scene.SubmitOpeningsAsync(prover.Open(tiles))).Value;
        Assert.Equal(ended.Outcome, (await scene.SubmitOpeningsAsync(prover.Open(tiles))).Value.Outcome);
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
        Assert.NotEqual(first.Seed, second.Seed);
        Assert.Equal(SubmitRootsRefusal.AttemptSuperseded, (await scene.SubmitRootsAsync(new HonestProver(first.Parameters, first.Seed).Roots)).Refusal);

        scene.Market.Time.Advance(Duration.FromMilliseconds(500));
        var prover = new HonestProver(second.Parameters, second.Seed);
        var tiles = (await scene.SubmitRootsAsync(prover.Roots, 2)).Value.Tiles;
        Assert.Equal(StartVerificationRefusal.AlreadyChallenged, (await scene.StartAsync(3)).Refusal);
        Assert.Equal(second.Seed, (await scene.StartAsync(2)).Value.Seed);
        Assert.Equal(SessionState.Passed, (await scene.SubmitOpeningsAsync(prover.Open(tiles))).Value.State);
    }

    [Fact]
    public async Task Attempts_are_counted_and_limited()
    {
        await using var scene = new VerificationScene();
        await scene.RequestAsync();
        Assert.Equal(StartVerificationRefusal.AttemptOutOfOrder, (await scene.StartAsync(2)).Refusal);
        for (var attempt = 1; attempt <= 10; attempt++) Assert.True((await scene.StartAsync(attempt)).IsAccepted);
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
        await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromMinutes(3));
        Assert.Equal(VerificationFailure.NotCompleted, Assert.Single(scene.Reported).Failure);
        Assert.Equal(SubmitRootsRefusal.Ended, (await scene.SubmitRootsAsync(new HonestProver(started.Parameters, started.Seed).Roots)).Refusal);
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
        { "a GPU class", VerificationScene.Gpu, new Capacity(100, 0, 0, 0), 1 },
        { "an unknown class", GpuModelId.Parse("other"), new Capacity(100, 0, 0, 0), 1 },
        { "no int8 claim", VerificationScene.Cpu, new Capacity(0, 0, 0, 0), 1 },
        { "a bf16 claim", VerificationScene.Cpu, new Capacity(100, 100, 0, 0), 1 },
        { "no count", VerificationScene.Cpu, new Capacity(100, 0, 0, 0), 0 },
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
        await scene.RequestAsync(int8Gops: 10, count: 4);
        var ended = await scene.ProveAsync(seconds: 1);
        Assert.Equal(SessionState.Passed, ended.State);
        Assert.InRange(ended.Outcome!.Proven!.Int8Gops, 9, 10);
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
            var prover = new HonestProver(started.Parameters, started.Seed);
            scene.Market.Time.Advance(Duration.FromMilliseconds(500));
            var tiles = (await UntilItAnswers(() => scene.SubmitRootsAsync(prover.Roots))).Value.Tiles;
            var ended = await UntilItAnswers(() => scene.SubmitOpeningsAsync(prover.Open(tiles)));
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
