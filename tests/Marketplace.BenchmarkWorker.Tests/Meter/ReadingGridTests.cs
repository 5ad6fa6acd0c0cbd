using Marketplace.Client;

namespace Marketplace.BenchmarkWorker.Tests.Meter;

public sealed class ReadingGridTests
{
    private const string Ready = "2026-11-23T09:00:07.25Z";
    private const string End = "2026-11-23T10:00:00Z";

    [Fact]
    public void The_grid_covers_the_lease_from_its_first_whole_second_to_its_end_without_gap_or_overlap()
    {
        var readings = ReadingGrid.Due(Ready, End, 2, 1, End).ToList();
        Assert.Equal("2026-11-23T09:00:08Z", readings[0].From);
        Assert.Equal(End, readings[^1].To);
        Assert.All(readings.Zip(readings.Skip(1)), pair => Assert.Equal(pair.First.To, pair.Second.From));
        Assert.Equal(2 * (3600 - 8), readings.Sum(r => r.GpuSeconds));
        Assert.Equal(Enumerable.Range(1, 12), readings.Select(r => (int)r.Sequence));
    }

    [Fact]
    public void Reporting_goes_on_where_the_marketplace_stands_and_never_ahead_of_its_clock()
    {
        var readings = ReadingGrid.Due(Ready, End, 1, 3, "2026-11-23T09:20:08Z").ToList();
        Assert.Equal([3, 4], readings.Select(r => r.Sequence));
        Assert.Empty(ReadingGrid.Due(Ready, End, 1, 5, "2026-11-23T09:25:07Z"));
    }

    [Fact]
    public void A_lease_without_a_whole_second_has_no_readings() => Assert.Empty(ReadingGrid.Due("2026-11-23T09:59:59.5Z", End, 1, 1, End));
}
