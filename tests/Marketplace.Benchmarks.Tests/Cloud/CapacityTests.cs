using Marketplace.Benchmarks.Cloud;

namespace Marketplace.Benchmarks.Tests.Cloud;

public sealed class CapacityTests
{
    [Fact]
    public async Task Tables_in_the_page_are_what_the_calculator_says_now()
    {
        var file = Path.Combine(Root(), "infra", "README.md");
        var page = await File.ReadAllTextAsync(file);

        // Where this differs: dotnet run --project tests/Marketplace.Benchmarks -- capacity --write infra/README.md
        Assert.Equal(CapacityCommand.Replace(page, CapacityTables.Of(await CountedStory.PlayAsync())), page);
    }

    [Fact]
    public void Ten_times_the_bids_use_ten_times_of_every_limit_and_a_limit_is_reached_where_its_use_is_one()
    {
        var perBid = new StoryPart("one", 10, 20, 5, 25, 15, 120, 4, 9_000, 2);
        foreach (var limit in Limit.All)
        {
            var reached = limit.ReachedAt(perBid);
            Assert.InRange(limit.Use(new MonthlyLoad(reached, perBid)), 0.99, 1.01);
            Assert.InRange(limit.Use(new MonthlyLoad(reached * 10, perBid)), 9.9, 10.1);
        }
    }

    [Fact]
    public void First_bottleneck_is_the_limit_that_is_reached_with_the_fewest_bids()
    {
        var perBid = new StoryPart("one", 10, 20, 5, 25, 15, 120, 4, 9_000, 2);
        Assert.Equal(Limit.All.MinBy(limit => limit.ReachedAt(perBid)), new MonthlyLoad(1e9, perBid).Uses[0].Limit);
    }

    [Fact]
    public void Page_without_a_place_for_tables_is_refused() => Assert.Throws<InvalidOperationException>(() => CapacityCommand.Replace("A page.", "tables"));

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Marketplace.sln"))) folder = folder.Parent;
        return folder.FullName;
    }
}
