using System.Globalization;
using System.Security.Cryptography;
using CsCheck;
using Marketplace.BenchmarkWorker.Enrol;
using Marketplace.BenchmarkWorker.Meter;
using Marketplace.BenchmarkWorker.Tests.Verify;
using Marketplace.Client;
using Marketplace.Client.Models;
using NodaTime;

namespace Marketplace.BenchmarkWorker.Tests.Meter;

public sealed class LeaseMeterTests : IDisposable
{
    private static readonly DateTimeOffset Ready = new(2026, 11, 23, 9, 0, 7, 250, TimeSpan.Zero);
    private static readonly DateTimeOffset End = new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
    private MachineStart start = new("first", Duration.FromHours(5));

    public void Dispose()
    {
        key.Dispose();
        File.Delete(path);
    }

    private static EnrolmentId Enrolment => EnrolmentId.Parse("enr_01JABCDEFGHJKMNPQRSTVWXYZ0");

    private FakeMarket NewMarket() => new(key, Enrolment, Ready, End) { Now = Ready, EndedAt = End };

    /// <summary>A worker that starts anew with what the file holds, as after a kill.</summary>
    private LeaseMeter Worker(FakeMarket market)
    {
        var http = new HttpClient(market, disposeHandler: false) { BaseAddress = new Uri("http://market") };
        var client = new MarketplaceClient(http, new MarketplaceClientOptions { Patience = TimeSpan.Zero });
        return new LeaseMeter(client, () => new MachineKeyFile(key, Enrolment, default), new MeterStateFile(path), () => start);
    }

    private static async Task TurnAsync(LeaseMeter worker)
    {
        try
        {
            await worker.TurnAsync(null, CancellationToken.None);
        }
        catch (ServerUnreachableException)
        {
            // Lost; the next turn goes on.
        }
    }

    private static void CoverTheLeaseOnce(FakeMarket market, DateTimeOffset until)
    {
        Assert.Equal("2026-11-23T09:00:08Z", market.Accepted[0].From);
        Assert.All(market.Accepted.Zip(market.Accepted.Skip(1)), pair => Assert.Equal(pair.First.To, pair.Second.From));
        Assert.Equal(Enumerable.Range(1, market.Accepted.Count), market.Accepted.Select(r => (int)r.Sequence!.Value));
        Assert.True(Parse(market.Accepted[^1].To!) >= until);
    }

    private static DateTimeOffset Parse(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>It must have seen the lease run once; a lease that came and went while no worker ran can't be metered.</summary>
    [Fact]
    public void A_worker_killed_at_any_request_loses_and_repeats_no_second() =>
        Gen.Select(Gen.Int[0, 4].Array[400], Gen.Int[20, 700].Array[25]).Sample(
            (fates, steps) =>
            {
                File.Delete(path);
                using var market = NewMarket();
                var worker = Worker(market);
                TurnAsync(worker).GetAwaiter().GetResult();
                var request = 0;
                var killed = false;
                market.Loss = _ =>
                {
                    var fate = (Loss)Math.Max(0, fates[request++ % fates.Length] - 2);
                    killed |= fate != Loss.None;
                    return fate;
                };
                foreach (var step in steps)
                {
                    market.Now = market.Now.AddSeconds(step);
                    TurnAsync(worker).GetAwaiter().GetResult();
                    if (killed) worker = Worker(market);
                    killed = false;
                }

                market.Loss = _ => Loss.None;
                market.Now = End.AddMinutes(9);
                TurnAsync(worker).GetAwaiter().GetResult();
                CoverTheLeaseOnce(market, End);
                Assert.Equal(2 * (3600 - 8), market.Accepted.Sum(r => r.GpuSeconds));
                Assert.False(Worker(market).HasLeases);
            },
            iter: 12,
            threads: 1);

    [Fact]
    public async Task The_last_reading_is_sent_after_the_lease_has_left_the_list()
    {
        using var market = NewMarket();
        market.Now = End.AddSeconds(-30);
        await TurnAsync(Worker(market));
        Assert.NotEqual("2026-11-23T10:00:00Z", market.Accepted[^1].To);
        market.Now = End.AddSeconds(20);
        var worker = Worker(market);
        await TurnAsync(worker);
        CoverTheLeaseOnce(market, End);
        Assert.False(worker.HasLeases);
    }

    [Fact]
    public async Task A_lease_given_up_early_is_read_until_its_end_and_then_left_alone()
    {
        using var market = NewMarket();
        market.EndedAt = Ready.AddMinutes(12);
        var worker = Worker(market);
        for (var minute = 1; minute < 40; minute++)
        {
            market.Now = Ready.AddMinutes(minute);
            await TurnAsync(worker);
        }

        CoverTheLeaseOnce(market, market.EndedAt);
        Assert.Equal(3, market.Accepted.Count);
        Assert.False(worker.HasLeases);
    }

    [Fact]
    public async Task Time_in_which_the_machine_was_off_is_not_claimed_and_time_in_which_only_the_worker_was_is()
    {
        using var market = NewMarket();
        market.Now = Ready.AddMinutes(7);
        await TurnAsync(Worker(market));
        market.Now = Ready.AddMinutes(17);
        await TurnAsync(Worker(market));

        // Off from 09:17:07.25 to 09:32:07.25; seen again three minutes later.
        start = new MachineStart("second", Duration.FromMinutes(3));
        market.Now = Ready.AddMinutes(35);
        await TurnAsync(Worker(market));
        market.Now = End;
        await TurnAsync(Worker(market));
        CoverTheLeaseOnce(market, End);
        Assert.Equal(2 * (3600 - 8 - (15 * 60) - 1), market.Accepted.Sum(r => r.GpuSeconds));
        Assert.Equal(["serving", "serving", "serving", "serving", "down", "down", "serving", "serving", "serving", "serving", "serving", "serving"], market.Accepted.Select(r => r.State));
    }

    [Fact]
    public async Task The_marketplace_is_asked_where_a_lease_stands_only_when_an_interval_is_over()
    {
        using var market = NewMarket();
        var heads = 0;
        market.Loss = request =>
        {
            if (request.Method == HttpMethod.Get && request.RequestUri!.AbsolutePath.EndsWith("/readings", StringComparison.Ordinal)) heads++;
            return Loss.None;
        };
        var worker = Worker(market);
        for (var minute = 0; minute < 15; minute++)
        {
            market.Now = Ready.AddMinutes(minute);
            await TurnAsync(worker);
        }

        // At first, and before each of the two batches.
        Assert.Equal((2, 3), (market.Batches, heads));
        market.Now = End;
        await TurnAsync(worker);
        CoverTheLeaseOnce(market, End);
    }

    [Fact]
    public async Task A_reading_that_is_refused_is_not_sent_again()
    {
        using var market = NewMarket();
        market.Refuses = reading => reading.Sequence == 2;
        market.Now = Ready.AddMinutes(11);
        await TurnAsync(Worker(market));
        Assert.Equal(1, market.Batches);
        await TurnAsync(Worker(market));
        Assert.Equal(1, market.Batches);
        market.Now = Ready.AddMinutes(16);
        await TurnAsync(Worker(market));
        Assert.Equal([1, 3], market.Accepted.Select(r => (int)r.Sequence!.Value));
    }

    [Fact]
    public void A_file_that_no_worker_wrote_is_refused()
    {
        File.WriteAllText(path, "{\"other\":1}");
        Assert.Throws<InvalidDataException>(() => new MeterStateFile(path).Read());
    }
}
