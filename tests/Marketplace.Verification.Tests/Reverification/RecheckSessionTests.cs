using Marketplace.Contracts;
using Marketplace.Verification.Protocol;
using Marketplace.Verification.Reverification;
using Marketplace.Verification.Sessions;
using Marketplace.Verification.StartVerification;
using Marketplace.Verification.SubmitOpenings;
using Marketplace.Verification.SubmitRoots;
using Marketplace.Verification.Tests.Protocol;
using Marketplace.Verification.Tests.Sessions;
using NodaTime;

namespace Marketplace.Verification.Tests.Reverification;

/// <summary>Windows with real sessions and real proofs.</summary>
public sealed class RecheckSessionTests
{
    [Fact]
    public async Task Window_of_one_machine_opens_at_its_instant_and_holds_the_pass_until_it_is_decided()
    {
        await using var scene = new VerificationScene();
        await OfferAsync(scene, VerificationScene.Machine);
        var window = await OrderAsync(scene);
        var session = Assert.Single(await scene.Reader.ListOpenAsync(VerificationScene.Machine, default));
        Assert.Equal((VerificationPurpose.Recheck, window.OpensAt), (session.Purpose, session.OpensAt));
        Assert.True(await scene.Market.Get<RecheckReader>().IsOpenAsync(VerificationScene.Machine, default));

        await scene.Market.RunUntilAsync(OpensAt(session) - Duration.FromMilliseconds(1));
        Assert.Equal(StartVerificationRefusal.NotOpenYet, (await StartAsync(scene, session)).Refusal);
        await scene.Market.RunUntilAsync(OpensAt(session));
        var ended = await ProveAsync(scene, session, seconds: 4.5);
        Assert.Equal(SessionState.Held, ended.State);
        Assert.Empty(scene.Reported);
        await scene.Market.RunAsync();
        Assert.True((await scene.Market.Get<RecheckReader>().FindAsync(VerificationScene.Provider, window.Id, default))!.HaveAllPassed);
        var told = Assert.Single(scene.Reported);
        Assert.True(told.Passed);
        Assert.NotNull(await scene.Reader.FindAsync(told.CertificateId!.Value, default));
        Assert.False(await scene.Market.Get<RecheckReader>().IsOpenAsync(VerificationScene.Machine, default));
    }

    [Fact]
    public async Task Machine_that_begins_late_has_missed_its_window_and_another_follows()
    {
        await using var scene = new VerificationScene();
        await OfferAsync(scene, VerificationScene.Machine);
        var window = await OrderAsync(scene);
        var session = Assert.Single(await scene.Reader.ListOpenAsync(VerificationScene.Machine, default));
        await scene.Market.RunUntilAsync(OpensAt(session) + StartVerificationDecision.Lateness + Duration.FromMilliseconds(1));
        Assert.Equal(StartVerificationRefusal.WindowMissed, (await StartAsync(scene, session)).Refusal);
        await scene.Market.RunUntilAsync(window.ClosesAt + Duration.FromMinutes(1));
        Assert.Equal(VerificationFailure.NotCompleted, Assert.Single(scene.Reported).Failure);
        Assert.Equal(2, (await scene.Market.Get<RecheckReader>().ListAsync(VerificationScene.Provider, null, 10, default))[0].Try);
        Assert.NotEqual(session.Id, Assert.Single(await scene.Reader.ListOpenAsync(VerificationScene.Machine, default)).Id);
    }

    [Fact]
    public async Task One_device_for_two_machines_has_to_begin_both_at_once_and_so_fails_one()
    {
        await using var scene = new VerificationScene();
        MachineId[] machines = [VerificationScene.Machine, VerificationScene.OtherMachine];
        foreach (var machine in machines) await OfferAsync(scene, machine);
        await OrderAsync(scene);
        await scene.Market.RunUntilAsync(OpensAt(Assert.Single(await scene.Reader.ListOpenAsync(machines[0], default))));

        // It takes both seeds in time, since a second later it may not. The first claim takes it 4.45 s; the second is done 8.95 s after its
        // start, a valid proof of half of what is claimed.
        var sessions = new List<(VerificationSession Session, HonestProver Prover)>();
        foreach (var machine in machines)
        {
            var session = Assert.Single(await scene.Reader.ListOpenAsync(machine, default));
            var started = (await StartAsync(scene, session)).Value;
            sessions.Add((session, new HonestProver(started.Parameters, started.Seeds)));
            scene.Market.Time.Advance(Duration.FromMilliseconds(50));
        }

        scene.Market.Time.Advance(Duration.FromSeconds(4.4));
        Assert.Equal(SessionState.Held, (await FinishAsync(scene, sessions[0].Session, sessions[0].Prover)).State);
        scene.Market.Time.Advance(Duration.FromSeconds(4.5));
        Assert.Equal(SessionState.Failed, (await FinishAsync(scene, sessions[1].Session, sessions[1].Prover)).State);
        await scene.Market.RunAsync();
        Assert.Equal([(machines[0], true), (machines[1], false)], scene.Reported.Select(told => (told.MachineId, told.Passed)).OrderBy(told => told.MachineId));
        Assert.Equal(2, (await scene.Market.Get<RecheckReader>().ListAsync(VerificationScene.Provider, null, 10, default))[0].Try);
    }

    [Fact]
    public void Parts_begin_one_after_another_at_instants_that_are_the_same_for_every_machine()
    {
        Workload[] order = [Workload.Bf16Tiles, Workload.Int8Tiles, Workload.Fp64Chains, Workload.MemoryPasses];
        var offsets = order.Select(RecheckSessions.OffsetOf).ToList();
        Assert.Equal(Duration.Zero, offsets[0]);
        for (var i = 1; i < order.Length; i++)
        {
            var longest = ProofPlan.Seconds(VerificationPurpose.Recheck, order[i - 1], isCpu: false) / 0.85;
            Assert.True(offsets[i] - offsets[i - 1] > Duration.FromSeconds(longest), $"{order[i]} begins before {order[i - 1]} may end.");
        }

        var last = offsets[^1] + Duration.FromSeconds(2 * ProofPlan.Seconds(VerificationPurpose.Recheck, order[^1], isCpu: false));
        Assert.True(last < new RecheckOptions().Span);

        // What machines may begin apart goes into the joint time: not more than a tenth of the shortest part.
        var shortest = order.SelectMany(part => new[] { true, false }.Select(isCpu => ProofPlan.Seconds(VerificationPurpose.Recheck, part, isCpu))).Min();
        Assert.True(StartVerificationDecision.Lateness <= Duration.FromSeconds(shortest / 10));
    }

    /// <summary>A processor's memory takes as long as it is large, so the window must last until a machine that passes can be done with it.</summary>
    [Fact]
    public async Task Window_lasts_longer_where_a_processor_claims_much_memory()
    {
        await using var scene = new VerificationScene();
        await OfferAsync(scene, VerificationScene.Machine);
        await OfferAsync(scene, VerificationScene.OtherMachine, new Capacity(5_600, 0, 256_000, 190_000));
        var window = await OrderAsync(scene);
        var memory = Assert.Single(await scene.Reader.ListOpenAsync(VerificationScene.OtherMachine, default)).Parts[^1].Parameters;
        var slowest = Duration.FromSeconds(memory.TotalWork / 190e9 / 0.85);
        Assert.True(slowest > new RecheckOptions().Span - RecheckSessions.OffsetOf(Workload.MemoryPasses), "It would have been done in the usual span.");
        Assert.True(window.ClosesAt >= window.OpensAt + RecheckSessions.OffsetOf(Workload.MemoryPasses) + slowest);
    }

    /// <summary>When a machine of a CPU class, which proves int8 alone, begins.</summary>
    private static Instant OpensAt(VerificationSession session) => session.OpensAt!.Value + RecheckSessions.OffsetOf(Workload.Int8Tiles);

    private static async Task OfferAsync(VerificationScene scene, MachineId machine, Capacity? ofClaim = null)
    {
        var now = scene.Market.Time.Now;
        var claim = ofClaim ?? new Capacity(1, 0, 0, 0);
        var book = new BookKey(VerificationScene.Cpu, HubId.Parse("guizhou"));
        var listing = ListingId.Parse("lst" + machine.ToString()[3..]);
        var certificate = CertificateId.From(Ulid.Create(5, 1));
        await scene.Market.SendAsync(new ListingActivated(
            listing, VerificationScene.Provider, machine, "GZ", book, 1, HourWindow.Starting(HourSlot.Containing(now) + 1, 4),
            UnitPrice.OfMicros(1, Currency.Usd), 1, claim, certificate, null, null, now, claim, now));
        await scene.Market.RunAsync();
    }

    private static async Task<RecheckWindow> OrderAsync(VerificationScene scene)
    {
        var key = Runtime.Work.IdempotencyKey.Of($"order-{scene.Market.Time.Now.ToUnixTimeTicks()}");
        var ordered = await scene.Market.Get<OrderRecheck>().ExecuteAsync(VerificationScene.Provider, key, default);
        await scene.Market.RunAsync();
        return ordered.Result.Value;
    }

    private static Task<Result<StartedVerification, StartVerificationRefusal>> StartAsync(VerificationScene scene, VerificationSession session) =>
        scene.Market.Get<StartVerificationHandler>().HandleAsync(new StartVerification.StartVerification(session.MachineId, session.Id, 0, 1), default);

    private static async Task<VerificationSession> ProveAsync(VerificationScene scene, VerificationSession session, double seconds)
    {
        var started = (await StartAsync(scene, session)).Value;
        var prover = new HonestProver(started.Parameters, started.Seeds);
        scene.Market.Time.Advance(Duration.FromSeconds(seconds));
        return await FinishAsync(scene, session, prover);
    }

    private static async Task<VerificationSession> FinishAsync(VerificationScene scene, VerificationSession session, HonestProver prover)
    {
        var roots = new SubmitRoots.SubmitRoots(session.MachineId, session.Id, 0, 1, prover.Roots, VerificationScene.Facts);
        var units = (await scene.Market.Get<SubmitRootsHandler>().HandleAsync(roots, default)).Value.Units;
        var openings = new SubmitOpenings.SubmitOpenings(session.MachineId, session.Id, 0, prover.Open(units));
        return (await scene.Market.Get<SubmitOpeningsHandler>().HandleAsync(openings, default)).Value;
    }
}
