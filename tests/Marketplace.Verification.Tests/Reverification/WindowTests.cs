using Marketplace.Contracts;
using Marketplace.Verification.Reverification;
using NodaTime;

namespace Marketplace.Verification.Tests.Reverification;

public sealed class WindowTests
{
    private static readonly (double, double, double)? Well = (0.95, 0, 4.5);

    [Fact]
    public async Task Draw_tests_all_machines_of_the_provider_in_one_window()
    {
        await using var world = new RecheckWorld();
        await world.ActivateAsync(1, machine: 1);
        await world.ActivateAsync(2, machine: 2, gpuCount: 4);
        await world.ActivateAsync(3, machine: 2, gpuCount: 2, claim: new Capacity(120, 0, 0, 0));
        await world.ActivateAsync(4, machine: 2, gpuCount: 3, fromHour: 9);
        await UntilOpenAsync(world);
        var window = (await world.WindowsAsync())[^1];
        var requests = world.Of<Contracts.RequestVerification>().Where(request => request.Subject == window.Id.ToString()).ToList();
        Assert.Equal(RecheckCause.Drawn, window.Cause);
        Assert.Equal([RecheckWorld.Machine(1), RecheckWorld.Machine(2)], requests.Select(request => request.MachineId).Order());
        Assert.All(requests, request => Assert.Equal(
            (VerificationPurpose.Recheck, window.Id.ToString(), window.OpensAt, window.ClosesAt),
            (request.Purpose, request.Subject, request.OpensAt, request.ExpiresAt)));

        // The fullest hour, at the most that is claimed in any.
        var second = requests.Single(request => request.MachineId == RecheckWorld.Machine(2));
        Assert.Equal((6, 120), (second.GpuCount, second.Claim.Int8Gops));
    }

    [Fact]
    public async Task Draws_go_on_for_as_long_as_something_is_offered_and_begin_anew_with_the_next_offer()
    {
        await using var world = new RecheckWorld();
        await world.ActivateAsync(1, machine: 1);
        await world.Market.RunUntilAsync(world.Now + Duration.FromDays(25));
        var often = await DrawnAsync();
        Assert.InRange(often, 4, 25);
        await world.CloseAsync(1);
        await world.Market.RunUntilAsync(world.Now + Duration.FromDays(100));
        Assert.Equal(often, await DrawnAsync());
        await world.ActivateAsync(2, machine: 1);
        await UntilOpenAsync(world);
        Assert.Equal(often + 1, await DrawnAsync());

        async Task<int> DrawnAsync() => (await world.WindowsAsync()).Count(window => window.Cause == RecheckCause.Drawn);
    }

    [Fact]
    public async Task All_that_pass_together_are_told_so_with_their_certificates()
    {
        await using var world = await OfferedAsync(machines: 3);
        await world.AnswerAsync(_ => Well);
        Assert.True((await world.LatestAsync()).HaveAllPassed);
        Assert.Equal([true, true, true], world.Of<MachineRechecked>().Select(verdict => verdict.Passed));
        Assert.All(world.Of<MachineRechecked>(), verdict => Assert.NotNull(verdict.CertificateId));
        Assert.Equal([true, true, true], world.Of<SettleRecheck>().Select(settled => settled.Holds));
    }

    [Fact]
    public async Task Machine_that_fails_is_tried_in_two_windows_more_with_all_the_others_before_it_is_told()
    {
        await using var world = await OfferedAsync(machines: 3);
        for (var i = 1; i <= 3; i++)
        {
            Assert.Empty(world.Of<MachineRechecked>());
            Assert.Equal((i, 3), ((await world.LatestAsync()).Try, (await world.LatestAsync()).Machines.Count));
            await world.AnswerAsync(machine => machine == 1 ? (0.6, 0, 7) : Well);
        }

        Assert.Equal(3, (await world.WindowsAsync()).Count);
        Assert.Equal([true, false, true], Verdicts(world).Select(verdict => verdict.Passed));
        Assert.Equal((VerificationFailure.BelowClaim, 60), (Verdicts(world)[1].Failure!.Value, Verdicts(world)[1].Proven!.Int8Gops));
    }

    [Fact]
    public async Task Machine_that_was_busy_once_passes_in_the_next_window()
    {
        await using var world = await OfferedAsync(machines: 2);
        await world.AnswerAsync(machine => machine == 1 ? (0.6, 0, 7) : Well);
        await world.AnswerAsync(_ => Well);
        Assert.Equal([true, true], Verdicts(world).Select(verdict => verdict.Passed));
    }

    [Fact]
    public async Task One_device_for_two_claims_fails_for_both_though_each_passes_by_itself()
    {
        await using var world = await OfferedAsync(machines: 2);
        for (var i = 0; i < 3; i++) await world.AnswerAsync(machine => (1.0, machine * 4.5, (machine + 1) * 4.5));
        Assert.All(await world.WindowsAsync(), window => Assert.False(window.HoldsTogether));
        Assert.Equal([false, false], Verdicts(world).Select(verdict => verdict.Passed));

        // Together they did the work of one, so each is left with half.
        Assert.All(Verdicts(world), verdict => Assert.Equal((VerificationFailure.BelowClaim, 50), (verdict.Failure!.Value, verdict.Proven!.Int8Gops)));
        Assert.All(world.Of<SettleRecheck>(), settled => Assert.False(settled.Holds));
    }

    [Fact]
    public async Task One_device_that_answers_another_claim_in_each_window_fails_for_one_of_them()
    {
        await using var world = await OfferedAsync(machines: 2);
        for (var i = 0; i < 3; i++) await world.AnswerAsync(machine => machine == i % 2 ? Well : null, close: true);
        Assert.Equal([true, false], Verdicts(world).Select(verdict => verdict.Passed));
        Assert.Equal(VerificationFailure.NotCompleted, Verdicts(world)[1].Failure);
        Assert.Null(Verdicts(world)[1].Proven);
    }

    [Fact]
    public async Task Session_that_passes_after_its_window_was_decided_is_ended_without_counting()
    {
        await using var world = await OfferedAsync(machines: 2);
        var window = await world.LatestAsync();
        await world.AnswerAsync(machine => machine == 0 ? Well : null, close: true);
        await world.Market.SendAsync(world.Answer(window, window.Machines.Single(machine => machine.MachineId == RecheckWorld.Machine(2)), 0.95, 0, 4.5));
        await world.Market.RunAsync();
        Assert.Contains(world.Of<SettleRecheck>(), settled => settled.MachineId == RecheckWorld.Machine(2) && !settled.Holds);
    }

    [Fact]
    public async Task Expiring_certificate_is_renewed_in_time_and_one_that_expires_suspends_its_listing()
    {
        await using var world = new RecheckWorld(options: Rarely);
        var activated = world.Now;
        await world.ActivateAsync(1, machine: 1);
        await world.Market.RunUntilAsync(activated + Duration.FromDays(28) - Duration.FromSeconds(1));
        Assert.Empty(await world.WindowsAsync());
        await world.Market.RunUntilAsync(activated + Duration.FromDays(28));
        Assert.Equal(RecheckCause.Expiring, (await world.LatestAsync()).Cause);
        await world.AnswerAsync(_ => Well);
        await world.Market.RunUntilAsync(activated + Duration.FromDays(55));
        Assert.Single(await world.WindowsAsync());
        Assert.Empty(world.Of<SuspendListing>());

        // The next one is not answered for, as if every verdict were lost on the way: the proof of 28 days ago runs out.
        await world.Market.RunUntilAsync(activated + Duration.FromDays(58) + Duration.FromHours(1));
        var suspended = Assert.Single(world.Of<SuspendListing>());
        Assert.Equal((RecheckWorld.Provider, RecheckWorld.Listing(1)), (suspended.Provider, suspended.ListingId));
        Assert.Contains("expired", suspended.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leased_machine_proves_rates_only_and_that_renews_no_claim_of_memory()
    {
        await using var world = new RecheckWorld(options: Rarely);
        var activated = world.Now;
        world.Leases.Add(RecheckWorld.Machine(1));
        await world.ActivateAsync(1, machine: 1, claim: new Capacity(100, 0, 141_000, 4_000));
        await world.ActivateAsync(2, machine: 1);
        await world.OrderAsync();
        var machine = Assert.Single((await world.LatestAsync()).Machines);
        Assert.Equal((true, new Capacity(100, 0, 0, 0)), (machine.IsLeased, machine.Claim));
        await world.Market.RunUntilAsync(activated + Duration.FromDays(20));
        await world.OrderAsync();
        await world.AnswerAsync(_ => Well);

        // The listing of rates alone is renewed. The other one is kept for the sake of the lease, while the proof of its rates holds.
        await world.Market.RunUntilAsync(activated + Duration.FromDays(50) - Duration.FromHours(1));
        Assert.Empty(world.Of<SuspendListing>());
        await world.Market.RunUntilAsync(activated + Duration.FromDays(50) + Duration.FromHours(6));
        Assert.Equal([RecheckWorld.Listing(1), RecheckWorld.Listing(2)], world.Of<SuspendListing>().Select(suspended => suspended.ListingId).Order());
    }

    [Fact]
    public async Task Leased_machine_that_proves_its_rates_stays_on_offer_for_a_month_past_the_expiry_of_its_memory_and_no_longer()
    {
        await using var world = new RecheckWorld(options: Rarely);
        var activated = world.Now;
        world.Leases.Add(RecheckWorld.Machine(1));
        await world.ActivateAsync(1, machine: 1, claim: new Capacity(100, 0, 141_000, 4_000));
        await AnswerEveryWindowUntilAsync(world, activated + Duration.FromDays(31));
        var windows = (await world.WindowsAsync()).Count;

        // No more than others, though its memory is not proven: the buyer pays for windows.
        await world.Market.RunUntilAsync(activated + Duration.FromDays(45));
        Assert.Equal(windows, (await world.WindowsAsync()).Count);
        await world.OrderAsync();
        await world.AnswerAsync(_ => Well);
        await world.Market.RunUntilAsync(activated + Duration.FromDays(60) - Duration.FromSeconds(1));
        Assert.Empty(world.Of<SuspendListing>());
        await world.Market.RunUntilAsync(activated + Duration.FromDays(60));
        Assert.Single(world.Of<SuspendListing>());
    }

    [Fact]
    public async Task Proof_of_rates_alone_does_not_take_the_place_of_one_that_has_the_memory_too()
    {
        await using var world = new RecheckWorld(options: Rarely);
        var activated = world.Now;
        await world.ActivateAsync(1, machine: 1, claim: new Capacity(100, 0, 141_000, 0));
        await world.Market.RunUntilAsync(activated + Duration.FromDays(20));
        await world.OrderAsync();
        await world.AnswerAsync(_ => Well);
        await world.Market.RunUntilAsync(activated + Duration.FromDays(25));
        world.Leases.Add(RecheckWorld.Machine(1));
        await world.OrderAsync();
        await world.AnswerAsync(_ => Well);

        // Proven in full 20 days after the start, and so until the 50th.
        await world.Market.RunUntilAsync(activated + Duration.FromDays(48) - Duration.FromHours(1));
        Assert.Equal(2, (await world.WindowsAsync()).Count);
        Assert.Empty(world.Of<SuspendListing>());
    }

    [Fact]
    public async Task Provider_that_failed_is_drawn_often_at_once_though_a_draw_was_on_its_way()
    {
        RecheckOptions? set = null;
        await using var world = new RecheckWorld(options: options => Rarely(set = options));
        await world.ActivateAsync(1, machine: 1);
        await world.Market.RunUntilAsync(world.Now + Duration.FromDays(3));
        await world.OrderAsync();

        // New it is no more; only the failure can bring the closer watch.
        (set!.CloseWatch, set.CloseMeanWait) = (Duration.FromDays(2), Duration.FromHours(3));
        for (var i = 0; i < 3; i++) await world.AnswerAsync(_ => (0.6, 0, 7));
        Assert.Equal(0, await DrawnAsync());
        await world.Market.RunUntilAsync(world.Now + Duration.FromDays(2));
        Assert.InRange(await DrawnAsync(), 3, 60);

        async Task<int> DrawnAsync() => (await world.WindowsAsync()).Count(window => window.Cause == RecheckCause.Drawn);
    }

    [Fact]
    public async Task Machine_whose_lease_is_over_proves_its_memory_within_hours_and_is_renewed()
    {
        await using var world = new RecheckWorld(options: Rarely);
        var activated = world.Now;
        world.Leases.Add(RecheckWorld.Machine(1));
        await world.ActivateAsync(1, machine: 1, claim: new Capacity(100, 0, 141_000, 0));
        await AnswerEveryWindowUntilAsync(world, activated + Duration.FromDays(40));
        world.Leases.Clear();
        await world.Market.RunUntilAsync(world.Now + Duration.FromHours(6));
        var window = await world.LatestAsync();
        Assert.Equal((RecheckCause.Expiring, false, 141_000), (window.Cause, window.Machines[0].IsLeased, window.Machines[0].Claim.MemoryMB));
        await world.AnswerAsync(_ => Well);
        var windows = (await world.WindowsAsync()).Count;

        // As if newly proven: quiet for 28 days, then a window again, and no end of the offer in between.
        var proven = world.Now;
        await world.Market.RunUntilAsync(proven + Duration.FromDays(27));
        Assert.Equal(windows, (await world.WindowsAsync()).Count);
        await world.Market.RunUntilAsync(proven + Duration.FromDays(28));
        Assert.Equal(windows + 1, (await world.WindowsAsync()).Count);
        Assert.Empty(world.Of<SuspendListing>());
    }

    [Fact]
    public async Task Provider_of_very_many_machines_has_some_of_them_in_each_window_and_in_time_all()
    {
        await using var world = new RecheckWorld(options: Rarely);
        for (var i = 0; i < 70; i++) await world.ActivateAsync(i, machine: i);
        var seen = new HashSet<MachineId>();
        for (var i = 0; i < 8; i++)
        {
            await world.OrderAsync();
            var window = await world.LatestAsync();
            Assert.Equal(RecheckSchedule.MostMachines, window.Machines.Select(machine => machine.MachineId).Distinct().Count());
            seen.UnionWith(window.Machines.Select(machine => machine.MachineId));
            await world.AnswerAsync(_ => Well);
        }

        Assert.Equal(70, seen.Count);
        Assert.Equal(8 * RecheckSchedule.MostMachines, world.Of<MachineRechecked>().Count);
        Assert.Empty(world.Market.Messages.DeadLetters);
    }

    [Fact]
    public async Task One_window_at_a_time()
    {
        await using var world = await OfferedAsync(machines: 1);
        var again = await world.Market.Get<OrderRecheck>().ExecuteAsync(RecheckWorld.Provider, Runtime.Work.IdempotencyKey.Of("again"), default);
        Assert.Equal(OrderRecheckRefusal.WindowOpen, again.Result.Refusal);
        var nobody = await world.Market.Get<OrderRecheck>().ExecuteAsync(OrganisationId.From(Ulid.Create(1, 9)), Runtime.Work.IdempotencyKey.Of("n"), default);
        Assert.Equal(OrderRecheckRefusal.NothingOffered, nobody.Result.Refusal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Repeated_and_lost_messages_bring_one_verdict_for_each_machine(int seed)
    {
        await using var world = new RecheckWorld(seed, disorderRate: 0.3, Rarely);
        for (var i = 1; i <= 3; i++) await world.ActivateAsync(i, machine: i);
        await world.OrderAsync();
        for (var i = 0; i < 3; i++) await world.AnswerAsync(machine => machine == 2 ? null : Well, close: true);
        Assert.Equal([true, true, false], Verdicts(world).Select(verdict => verdict.Passed));
        Assert.Empty(world.Market.Messages.DeadLetters);
    }

    private static List<MachineRechecked> Verdicts(RecheckWorld world) => [.. world.Of<MachineRechecked>().OrderBy(verdict => verdict.MachineId)];

    private static async Task<RecheckWorld> OfferedAsync(int machines)
    {
        var world = new RecheckWorld(options: Rarely);
        for (var i = 1; i <= machines; i++) await world.ActivateAsync(i, machine: i);
        await world.OrderAsync();
        return world;
    }

    private static async Task AnswerEveryWindowUntilAsync(RecheckWorld world, Instant end)
    {
        while (world.Now < end)
        {
            await world.Market.RunUntilAsync(world.Now + Duration.FromHours(6));
            if ((await world.WindowsAsync()) is [{ DecidedAt: null }, ..]) await world.AnswerAsync(_ => Well);
        }
    }

    private static void Rarely(RecheckOptions options) => (options.MeanWait, options.CloseMeanWait) = (Duration.FromDays(100_000), Duration.FromDays(100_000));

    private static async Task UntilOpenAsync(RecheckWorld world)
    {
        var before = (await world.WindowsAsync()).Count;
        while ((await world.WindowsAsync()).Count == before) await world.Market.RunUntilAsync(world.Now + Duration.FromHours(1));
    }
}
