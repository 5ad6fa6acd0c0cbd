using CsCheck;
using Marketplace.Leasing.LifeCycle;
using NodaTime;
using static Marketplace.Leasing.Tests.Given;

namespace Marketplace.Leasing.Tests.LifeCycle;

/// <summary>Every state against every command, in any order and at any time.</summary>
public sealed class LeaseLifePropertyTests
{
    private static readonly VerificationId OtherProof = VerificationId.From(Number(8));

    private static readonly VerificationId NextProof = VerificationId.From(Number(9));
    private static readonly VerificationId LastProof = VerificationId.From(Number(10));

    private static readonly HashSet<(LeaseState From, LeaseState To)> Steps =
    [
        (LeaseState.Scheduled, LeaseState.Preparing),
        (LeaseState.Scheduled, LeaseState.Terminated),
        (LeaseState.Scheduled, LeaseState.Failed),
        (LeaseState.Preparing, LeaseState.Preparing),
        (LeaseState.Preparing, LeaseState.Active),
        (LeaseState.Preparing, LeaseState.Terminated),
        (LeaseState.Preparing, LeaseState.Failed),
        (LeaseState.Active, LeaseState.Completed),
        (LeaseState.Active, LeaseState.Terminated),
        (LeaseState.Active, LeaseState.Failed),
    ];

    private static readonly Gen<LeaseCommand> Commands = Gen.Select(Gen.Int[0, 7], Gen.Bool, Gen.Bool, Gen.Int[0, 400]).Select(
        LeaseCommand (kind, passed, ours, minute) => kind switch
        {
            0 or 1 => new Begin(ours ? Proof : OtherProof, Duration.FromMinutes(15)),
            2 => new RecordReadiness(ours ? Proof : OtherProof, passed, Monday + Duration.FromMinutes(minute), NextProof),
            3 => new RecordReadiness(NextProof, passed, Monday + Duration.FromMinutes(minute), LastProof),
            4 => new GiveUpReadiness(ours ? Proof : OtherProof),
            5 => new Finish(),
            6 => new Terminate(),
            _ => new Fail("report"),
        });

    private static readonly Gen<(LeaseCommand Command, int Minutes)[]> Lives = Gen.Select(Commands, Gen.Int[0, 120]).Array[1, 12];

    [Fact]
    public void Lives_take_only_known_steps_and_end_once() => Lives.Sample(
        life =>
        {
            var lease = Fresh;
            var now = Monday;
            foreach (var (command, minutes) in life)
            {
                now += Duration.FromMinutes(minutes);
                LeaseDecider.TryDecide(lease, command, now, out var events);
                Assert.True(events.Length <= 1);
                var before = lease;
                foreach (var @event in events) lease = lease.Apply(@event);
                if (events.Length == 0) continue;
                Assert.Contains((before.State, lease.State), Steps);
                Check(before, lease, events[0], now);

                LeaseDecider.TryDecide(lease, command, now, out var again);
                Assert.Empty(again);
            }
        },
        iter: 20_000);

    private static void Check(Lease before, Lease after, LeaseEvent @event, Instant now)
    {
        if (after.ReadyAt is { } ready) Assert.True(ready >= after.Window.Start && ready < after.Window.End);
        if (after.State == LeaseState.Completed) Assert.NotNull(after.ReadyAt);
        Assert.Equal(after.IsOver, after.EndedAt is not null);
        if (after.CreditedFrom is { } credited) Assert.True(before.State == LeaseState.Active && credited <= after.EndedAt && after.EndedAt - credited < Duration.FromHours(1));
        var returned = @event switch
        {
            LeaseTerminated e => e.Returned,
            LeaseFailed e => e.Returned,
            _ => null,
        };
        if (returned is { } hours) Assert.True(hours.Start >= now && after.Window.Contains(hours) && hours.To == after.Window.To && hours.Start - now < Duration.FromHours(1) | hours == after.Window);
    }
}
