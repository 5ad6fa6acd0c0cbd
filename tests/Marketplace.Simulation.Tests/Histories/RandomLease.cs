using Marketplace.Contracts;
using NodaTime;
using NodaTime.Text;

namespace Marketplace.Simulation.Tests.Histories;

/// <summary>A lease of a history: its terms, how it ends, and what its machine says of it, in the order in which it says it.</summary>
internal sealed record RandomLease(LeaseReady Ready, LeaseStopped Stopped, IReadOnlyList<(Instant SentAt, IReadOnlyList<SignedReading> Readings)> Batches)
{
    private const int LongestReadingSeconds = 1_200;

    /// <summary>A lease with readings that lack, overlap, contradict or repeat each other, or come late.</summary>
    public static RandomLease Create(Random random, LeaseId id, OrganisationId buyer, OrganisationId provider, HourSlot earliest)
    {
        var window = HourWindow.Starting(earliest + random.Next(9), 1 + random.Next(3));
        var currency = Currency.Known[random.Next(Currency.Known.Count)];
        var price = UnitPrice.OfMicros(random.NextInt64(1, currency.Decimals == 0 ? 3_000_000_000 : 30_000_000), currency);
        var readyAt = window.Start + Duration.FromMilliseconds(random.Next(900_000));
        var ready = new LeaseReady(id, buyer, provider, MoneyWorld.Machine, 1 + random.Next(8), window, price, readyAt);
        var stopped = StoppedAt(random, ready);
        return new RandomLease(ready, stopped, [.. BatchesOf(random, ready, stopped)]);
    }

    private static LeaseStopped StoppedAt(Random random, LeaseReady ready)
    {
        var whole = (ready.Window.End - ready.ReadyAt).TotalMilliseconds;
        var ending = (LeaseEnding)random.Next(3);
        var stoppedAt = ending == LeaseEnding.Completed ? ready.Window.End : ready.ReadyAt + Duration.FromMilliseconds(random.NextDouble() * whole);
        Instant? creditedFrom = ending == LeaseEnding.Failed ? ready.ReadyAt + ((stoppedAt - ready.ReadyAt) * random.NextDouble()) : null;
        return new LeaseStopped(ready.LeaseId, ending, stoppedAt, creditedFrom);
    }

    private static IEnumerable<(Instant SentAt, IReadOnlyList<SignedReading> Readings)> BatchesOf(Random random, LeaseReady ready, LeaseStopped stopped)
    {
        var readings = ReadingsOf(random, ready, stopped).ToList();
        for (var i = 0; i < readings.Count;)
        {
            var some = readings.Skip(i).Take(1 + random.Next(6)).ToList();
            i += some.Count;

            // A reading that is told again, as it was or otherwise.
            if (random.Next(4) == 0) some.Add(readings[random.Next(i)]);
            if (random.Next(6) == 0) some.Add(readings[random.Next(i)] with { GpuSeconds = 0 });
            if (random.Next(3) == 0) random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(some));
            var latest = some.Max(reading => InstantPattern.General.Parse(reading.To).TryGetValue(Instant.MinValue, out var to) ? to : Instant.MinValue);
            var delay = random.Next(20) switch
            {
                0 => Duration.FromHours(random.Next(80)),
                < 4 => Duration.FromMinutes(random.Next(30)),
                _ => Duration.FromSeconds(random.Next(300)),
            };
            yield return (Instant.Max(latest, ready.ReadyAt) + delay, some);
        }
    }

    private static IEnumerable<SignedReading> ReadingsOf(Random random, LeaseReady ready, LeaseStopped stopped)
    {
        var sequence = 0L;
        var at = Instant.FromUnixTimeSeconds(ready.ReadyAt.ToUnixTimeSeconds() + 1);
        while (at < stopped.StoppedAt)
        {
            var from = random.Next(8) switch
            {
                0 => at + Duration.FromSeconds(random.Next(120)),
                1 => at - Duration.FromSeconds(random.Next(300)),
                _ => at,
            };
            var seconds = 1 + random.Next(LongestReadingSeconds);
            var most = (long)seconds * ready.GpuCount;
            var (used, state) = random.Next(10) switch
            {
                0 => (0L, "down"),
                1 => (random.NextInt64(most + 1), "serving"),
                2 => (most + random.Next(2), "serving"),
                _ => (most, "serving"),
            };
            sequence += random.Next(10) == 0 ? 2 : 1;
            var reading = new SignedReading(sequence, Text(from), Text(from + Duration.FromSeconds(seconds)), used, state);
            at = from + Duration.FromSeconds(seconds);
            if (random.Next(12) > 0) yield return reading;
        }
    }

    private static string Text(Instant instant) => InstantPattern.General.Format(instant);
}
