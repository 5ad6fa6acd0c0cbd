using CsCheck;
using Marketplace.Contracts;
using Marketplace.Registry.CreateListing;
using Marketplace.Registry.Directory;
using Marketplace.Registry.Listings;
using Marketplace.Registry.Machines;
using Marketplace.Registry.Tests.Scenario;
using NodaTime;

namespace Marketplace.Registry.Tests.Listings;

/// <summary>Random lives of many listings of one machine, with messages delivered twice, late and out of order.</summary>
public sealed class ListingLifeProperties
{
    private const int Gpus = 4;
    private static readonly Capacity Claim = new(1_000_000, 700_000, 0, 0);

    private enum Step
    {
        Create,
        CreateMore,
        Submit,
        Pass,
        PassEarlier,
        Fail,
        Suspend,
        Withdraw,
        Wait,
    }

    private static readonly Gen<(Step Step, int A, int B, int C)[]> Lives =
        Gen.Select(Gen.Enum<Step>(), Gen.Int[0, 100], Gen.Int[0, 100], Gen.Int[0, 100]).Array[10, 60];

    [Fact]
    public void Only_legal_changes_happen_and_no_hour_is_offered_twice() =>
        Gen.Select(Lives, Gen.Int[1, 1000]).Sample((steps, seed) => LiveAsync(steps, seed).GetAwaiter().GetResult(), iter: 60, threads: 1);

    private static async Task LiveAsync((Step Step, int A, int B, int C)[] steps, int seed)
    {
        await using var scenario = new RegistryScenario(seed, disorderRate: 0.2);
        var machine = await scenario.MachineAsync((await scenario.OrganisationAsync()).Id, "nvidia-h200-sxm", Gpus);
        await scenario.KeyAsync(machine);
        var model = new ListingModel(Gpus);
        var verdicts = new List<Listing>();
        foreach (var (step, a, b, c) in steps)
        {
            if (step is Step.Create or Step.CreateMore) await CreateAsync(scenario, machine, model, a, b, c);
            else if (step == Step.Wait) await scenario.Market.RunUntilAsync(scenario.Market.Time.Now + Duration.FromMinutes(a * 3));
            else if (model.Listings.Count > 0) await ChangeAsync(scenario, model.Listings.ElementAt(a % model.Listings.Count), step, verdicts);
            await CheckAsync(scenario, model, step, verdicts);
        }

        Assert.Empty(scenario.Market.Messages.DeadLetters);
    }

    private static async Task CreateAsync(RegistryScenario scenario, Machine machine, ListingModel model, int a, int b, int c)
    {
        var command = scenario.ListingOf(machine, fromHours: 1 + (a % 12), hours: 1 + (b % 8), gpuCount: 1 + (c % 3), Claim);
        var hasRoom = model.HasRoom(command.GpuCount, command.Window);
        var result = (await scenario.CreateAsync(command)).Result;
        Assert.Equal(hasRoom, result.IsAccepted);
        if (hasRoom) model.Add(result.Value);
        else Assert.Equal(CreateListingRefusal.HoursTaken, result.Refusal);
    }

    private static async Task ChangeAsync(RegistryScenario scenario, Listing listing, Step step, List<Listing> verdicts)
    {
        switch (step)
        {
            case Step.Submit:
                var submitted = await scenario.SubmitAsync(listing);
                if (submitted.IsAccepted) verdicts.Add(submitted.Value);
                break;
            case Step.Pass or Step.Fail when listing.Status == ListingStatus.PendingVerification:
                await scenario.VerdictAsync(listing, passed: step == Step.Pass);
                break;
            case Step.PassEarlier when verdicts.Find(earlier => earlier.Id == listing.Id && earlier.VerificationId != listing.VerificationId) is { } earlier:
                await scenario.VerdictAsync(earlier, passed: true);
                break;
            case Step.Suspend:
                await scenario.Market.SendAsync(new Contracts.SuspendListing(listing.Provider, listing.Id, "It failed."));
                break;
            case Step.Withdraw:
                var withdrawn = await scenario.WithdrawAsync(listing);
                Assert.Equal(!ListingModel.IsEnd(listing.Status), withdrawn.IsAccepted);
                break;
        }

        await scenario.Market.RunAsync();
    }

    private static async Task CheckAsync(RegistryScenario scenario, ListingModel model, Step step, List<Listing> verdicts)
    {
        foreach (var before in model.Listings.ToList())
        {
            var now = await scenario.ReadAsync(before);
            var becameActive = now.Status == ListingStatus.Active && before.Status != ListingStatus.Active;
            Assert.False(becameActive && step != Step.Pass, $"{step} made a listing active");
            Assert.False(step == Step.PassEarlier && now != before, "an earlier proof changed a listing");
            Assert.False(now.Status is not (ListingStatus.Draft or ListingStatus.Withdrawn or ListingStatus.Expired) && verdicts.TrueForAll(v => v.Id != now.Id));
            Assert.True(ListingModel.IsEnd(now.Status) || now.Window.End > scenario.Market.Time.Now, "a listing outlived its window");
            model.See(now);
        }

        var active = model.Listings.Where(listing => listing.Status == ListingStatus.Active).Select(listing => listing.Id).ToHashSet();
        var directory = await scenario.Get<DirectoryReader>().SearchAsync(new DirectoryFilter([], [], null, null, null, null), 200, null, default);
        Assert.Equal(active, directory.Items.Select(entry => entry.Id).ToHashSet());
        foreach (var listing in model.Listings)
        {
            var opened = scenario.Sent.Of<ListingActivated>().Count(message => message.ListingId == listing.Id);
            var closed = scenario.Sent.Of<ListingClosed>().Count(message => message.ListingId == listing.Id);
            Assert.Equal(active.Contains(listing.Id) ? 1 : 0, opened - closed);
        }
    }
}
