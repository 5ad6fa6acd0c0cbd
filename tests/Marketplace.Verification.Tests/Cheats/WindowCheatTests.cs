using Marketplace.Contracts;
using Marketplace.Verification.Reverification;
using Marketplace.Verification.Tests.Reverification;
using NodaTime;

namespace Marketplace.Verification.Tests.Cheats;

/// <summary>One card in two listings, in the window in which both are tested. (That two claims of the same figure fail is in WindowTests.)</summary>
public sealed class WindowCheatTests
{
    /// <summary>The parts of a window begin at set times by figure, so a card that is claimed twice must never be idle in one of them.</summary>
    [Fact]
    public async Task One_card_cannot_serve_a_claim_of_bf16_and_another_of_int8()
    {
        await using var world = new RecheckWorld();
        await world.ActivateAsync(1, machine: 1, claim: new Capacity(0, 800_000, 140_000, 4_000_000));
        await world.ActivateAsync(2, machine: 2, claim: new Capacity(1_500_001, 0, 0, 0));
        await world.OrderAsync();
        var asked = (await world.LatestAsync()).Machines.OrderBy(machine => machine.MachineId).Select(machine => machine.Claim);
        Assert.Equal([new Capacity(750_001, 800_000, 140_000, 4_000_000), new Capacity(1_500_001, 400_000, 70_000, 2_000_000)], asked);
    }

    /// <summary>Nothing is asked of the memory that a buyer is using.</summary>
    [Fact]
    public async Task Leased_card_is_asked_for_the_rates_of_its_class_and_no_memory()
    {
        await using var world = new RecheckWorld();
        world.Leases.Add(RecheckWorld.Machine(2));
        await world.ActivateAsync(1, machine: 1, claim: new Capacity(0, 800_000, 140_000, 4_000_000));
        await world.ActivateAsync(2, machine: 2, claim: new Capacity(1_500_000, 0, 0, 0));
        await world.OrderAsync();
        Assert.Equal(new Capacity(1_500_000, 400_000, 0, 0), (await world.LatestAsync()).Machines.Single(machine => machine.IsLeased).Claim);
    }

    /// <summary>A machine that was slow is tried again; one that skipped work and was drawn is told at once.</summary>
    [Fact]
    public async Task Proof_that_does_not_check_out_gets_no_second_window()
    {
        await using var world = new RecheckWorld(options: options => (options.MeanWait, options.CloseMeanWait) = (Duration.FromDays(100_000), Duration.FromDays(100_000)));
        await world.ActivateAsync(1, machine: 1);
        await world.ActivateAsync(2, machine: 2);
        var window = await world.OrderAsync();
        await world.Market.RunUntilAsync(window.OpensAt + Duration.FromSeconds(30));
        foreach (var machine in window.Machines)
        {
            var answer = world.Answer(window, machine, 0.95, 0, 4.5);
            var isCaught = machine.MachineId == RecheckWorld.Machine(2);
            await world.Market.SendAsync(isCaught
                ? answer with { Answer = new RecheckAnswer(false, VerificationFailure.ProofInvalid, null, null, [], world.Now) }
                : answer);
        }

        await world.Market.RunAsync();
        Assert.Single(await world.WindowsAsync());
        var verdicts = world.Of<MachineRechecked>().OrderBy(verdict => verdict.MachineId).ToList();
        Assert.Equal([true, false], verdicts.Select(verdict => verdict.Passed));
        Assert.Equal(VerificationFailure.ProofInvalid, verdicts[1].Failure);
    }
}
