using Marketplace.Contracts;
using Marketplace.Registry.CreateListing;
using Marketplace.Registry.ReviseListing;
using Marketplace.Registry.Tests.Scenario;

namespace Marketplace.Registry.Tests.Listings;

public sealed class CreateListingTests
{
    // H200: 1,978,900 int8 Gop/s, 989,400 bf16 Gflop/s, 141,000 MB, 4,800,000 MB/s, all dense.
    [Theory]
    [InlineData(1_978_900, 989_400, 141_000, 4_800_000, null)]
    [InlineData(0, 989_400, 0, 0, null)]
    [InlineData(1_978_901, 0, 0, 0, CreateListingRefusal.ClaimAboveDatasheet)]
    [InlineData(0, 989_400, 141_001, 0, CreateListingRefusal.ClaimAboveDatasheet)]
    [InlineData(0, 989_400, 0, 4_800_001, CreateListingRefusal.ClaimAboveDatasheet)]
    [InlineData(3_957_800, 0, 0, 0, CreateListingRefusal.ClaimLooksSparse)]
    [InlineData(0, 1_979_000, 0, 0, CreateListingRefusal.ClaimLooksSparse)]
    [InlineData(0, 1_979_000, 999_999, 0, CreateListingRefusal.ClaimLooksSparse)]
    [InlineData(0, 2_500_000, 0, 0, CreateListingRefusal.ClaimAboveDatasheet)]
    [InlineData(0, long.MaxValue, 0, 0, CreateListingRefusal.ClaimAboveDatasheet)]
    [InlineData(0, 0, 141_000, 0, CreateListingRefusal.ClaimEmpty)]
    [InlineData(1, -1, 0, 0, CreateListingRefusal.ClaimEmpty)]
    public async Task Datasheet_bounds_a_claim(long int8Gops, long bf16Gflops, long memoryMB, long bandwidthMBps, CreateListingRefusal? refusal)
    {
        await using var scenario = new RegistryScenario();
        var machine = await scenario.MachineAsync((await scenario.OrganisationAsync()).Id, "nvidia-h200-sxm", 8);
        var result = (await scenario.CreateAsync(scenario.ListingOf(machine, claim: new Capacity(int8Gops, bf16Gflops, memoryMB, bandwidthMBps)))).Result;
        Assert.Equal(refusal, result.IsAccepted ? null : result.Refusal);
    }

    [Fact]
    public async Task Cpu_machine_is_claimed_by_its_int8_rate_and_what_stands_beside_it_but_not_by_bf16()
    {
        await using var scenario = new RegistryScenario();
        var machine = await scenario.MachineAsync((await scenario.OrganisationAsync()).Id);
        var result = (await scenario.CreateAsync(scenario.ListingOf(machine, claim: new Capacity(250, 1, 0, 0)))).Result;
        Assert.Equal(CreateListingRefusal.ClaimNotProvable, result.Refusal);
        result = (await scenario.CreateAsync(scenario.ListingOf(machine, claim: new Capacity(0, 0, 1_000, 10_000, 50)))).Result;
        Assert.False(result.IsAccepted);
        Assert.True((await scenario.CreateAsync(scenario.ListingOf(machine, claim: new Capacity(250, 0, 1_000, 10_000, 50)))).Result.IsAccepted);
    }

    [Fact]
    public async Task Refusals_come_in_their_order()
    {
        await using var scenario = new RegistryScenario();
        var machine = await scenario.MachineAsync((await scenario.OrganisationAsync()).Id);
        await scenario.DraftAsync(machine);
        var nobody = scenario.ListingOf(machine) with
        {
            MachineId = MachineId.From(Ulid.Create(1, 1)),
            GpuCount = 2,
            Window = HourWindow.Starting(scenario.ThisHour + -1, 5),
            Price = UnitPrice.OfMicros(0, Currency.Usd),
            MinimumHours = 6,
            Claim = new Capacity(0, 0, 0, 0),
        };
        await RefusesAsync(nobody, CreateListingRefusal.MachineUnknown);
        var tooMany = nobody with { MachineId = machine.Id };
        await RefusesAsync(tooMany, CreateListingRefusal.GpuCountAboveMachine);
        var past = tooMany with { GpuCount = 1 };
        await RefusesAsync(past, CreateListingRefusal.WindowInPast);
        await RefusesAsync(past with { Window = HourWindow.Starting(scenario.ThisHour + (366 * 24), 1) }, CreateListingRefusal.WindowBeyondHorizon);
        var free = past with { Window = HourWindow.Starting(scenario.ThisHour + 1, 5) };
        await RefusesAsync(free, CreateListingRefusal.PriceZero);
        var block = free with { Price = RegistryScenario.Price };
        await RefusesAsync(block, CreateListingRefusal.MinimumHoursOverWindow);
        await RefusesAsync(block with { MinimumHours = 0 }, CreateListingRefusal.MinimumHoursOverWindow);
        var unclaimed = block with { MinimumHours = 5 };
        await RefusesAsync(unclaimed, CreateListingRefusal.ClaimEmpty);
        var taken = unclaimed with { Claim = RegistryScenario.Claim };
        await RefusesAsync(taken, CreateListingRefusal.HoursTaken);
        Assert.True((await scenario.CreateAsync(taken with { Window = HourWindow.Starting(scenario.ThisHour + 5, 5) })).Result.IsAccepted);

        async Task RefusesAsync(CreateListing.CreateListing command, CreateListingRefusal refusal) =>
            Assert.Equal(refusal, (await scenario.CreateAsync(command)).Result.Refusal);
    }

    [Fact]
    public async Task Every_price_of_a_listing_is_within_the_band()
    {
        await using var scenario = new RegistryScenario();
        var machine = await scenario.MachineAsync((await scenario.OrganisationAsync()).Id);
        scenario.Prices.Band = new PriceRange(Usd(1_000_000), Usd(4_000_000), Usd(2_000_000));
        var good = scenario.ListingOf(machine);
        Assert.Equal(CreateListingRefusal.PriceOutsideBand, (await scenario.CreateAsync(good with { Price = Usd(999_999) })).Result.Refusal);
        Assert.Equal(CreateListingRefusal.PriceOutsideBand, (await scenario.CreateAsync(good with { Price = Usd(4_000_001) })).Result.Refusal);
        Assert.Equal(CreateListingRefusal.PriceOutsideBand, (await scenario.CreateAsync(good with { Price = Week(4_000_001) })).Result.Refusal);
        Assert.Equal(CreateListingRefusal.PriceOutsideBand, (await scenario.CreateAsync(good with { Price = Week(999_999) })).Result.Refusal);
        var listing = (await scenario.CreateAsync(good with { Price = Week(4_000_000) })).Result.Value;

        var revise = scenario.Get<ReviseListingHandler>();
        var correction = new ReviseListing.ReviseListing(listing.Provider, listing.Id, listing.Version, Usd(999_999), null, null);
        Assert.Equal(ReviseListingRefusal.PriceOutsideBand, (await revise.ExecuteAsync(correction, default)).Refusal);

        // The band has moved on: a price that stays is no new price.
        scenario.Prices.Band = new PriceRange(Usd(1), Usd(2), Usd(1));
        Assert.True((await revise.ExecuteAsync(correction with { Price = null, MinimumHours = 2 }, default)).IsAccepted);

        static UnitPrice Usd(long micros) => UnitPrice.OfMicros(micros, Currency.Usd);

        static PriceSchedule Week(long oneHour) =>
            PriceSchedule.TryCreate([.. Enumerable.Range(0, 168).Select(hour => Usd(hour == 30 ? oneHour : 2_000_000))], out var week) ? week : null!;
    }

    [Fact]
    public async Task Hours_of_a_withdrawn_draft_are_free_and_those_of_one_that_was_active_are_not()
    {
        await using var scenario = new RegistryScenario();
        var machine = await scenario.MachineAsync((await scenario.OrganisationAsync()).Id);
        await scenario.KeyAsync(machine);
        await scenario.WithdrawAsync(await scenario.DraftAsync(machine));
        var active = await scenario.ActiveAsync(machine);
        await scenario.WithdrawAsync(active);
        Assert.Equal(CreateListingRefusal.HoursTaken, (await scenario.CreateAsync(scenario.ListingOf(machine))).Result.Refusal);
        Assert.True((await scenario.CreateAsync(scenario.ListingOf(machine, fromHours: 5))).Result.IsAccepted);
    }

    [Fact]
    public async Task Listings_made_at_once_never_take_the_same_hour()
    {
        await using var scenario = new RegistryScenario();
        var machine = await scenario.MachineAsync((await scenario.OrganisationAsync()).Id, "nvidia-h200-sxm", 3);
        var command = scenario.ListingOf(machine, claim: new Capacity(0, 900_000, 0, 0));
        var keys = Enumerable.Range(0, 12).Select(_ => scenario.NewKey()).ToList();
        var handler = scenario.Get<CreateListingHandler>();
        var attempts = await Task.WhenAll(keys.Select(key => Task.Run(() => handler.ExecuteAsync(command, key, default))));
        Assert.Equal(3, attempts.Count(attempt => attempt.Result.IsAccepted));
        Assert.All(attempts.Where(attempt => !attempt.Result.IsAccepted), attempt => Assert.Equal(CreateListingRefusal.HoursTaken, attempt.Result.Refusal));
    }
}
