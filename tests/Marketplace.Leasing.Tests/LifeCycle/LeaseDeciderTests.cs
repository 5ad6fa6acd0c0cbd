using Marketplace.Leasing.LifeCycle;
using NodaTime;
using static Marketplace.Leasing.Tests.Given;

namespace Marketplace.Leasing.Tests.LifeCycle;

public sealed class LeaseDeciderTests
{
    private static readonly Duration Quarter = Duration.FromMinutes(15);
    private static readonly VerificationId NextProof = VerificationId.From(Number(98));
    private readonly Lease preparing = Fresh.Apply(new PreparationBegan(Proof, At(10, 15)));
    private readonly Lease active = Fresh.Apply(new PreparationBegan(Proof, At(10, 15))).Apply(new LeaseActivated(At(10, 2)));

    [Fact]
    public void Window_start_asks_for_a_proof_within_a_quarter_of_an_hour() =>
        Assert.Equal(new PreparationBegan(Proof, At(10, 15)), Only(Fresh, new Begin(Proof, Quarter), At(10)));

    [Fact]
    public void Late_start_leaves_as_much_time_for_the_proof_but_never_beyond_the_window()
    {
        Assert.Equal(new PreparationBegan(Proof, At(11, 45)), Only(Fresh, new Begin(Proof, Quarter), At(11, 30)));
        Assert.Equal(new PreparationBegan(Proof, At(14)), Only(Fresh, new Begin(Proof, Quarter), At(13, 50)));
        Assert.Equal(LeaseFailure.NeverStarted, Assert.IsType<LeaseFailed>(Only(Fresh, new Begin(Proof, Quarter), At(14))).Failure);
    }

    [Fact]
    public void Billing_starts_with_the_proof_not_before_the_window()
    {
        Assert.Equal(new LeaseActivated(At(10, 2)), Only(preparing, new RecordReadiness(Proof, true, At(10, 2), NextProof), At(10, 3)));
        Assert.Equal(new LeaseActivated(At(10)), Only(preparing, new RecordReadiness(Proof, true, At(9, 59), NextProof), At(10)));
    }

    [Fact]
    public void Failed_proof_may_be_repeated_within_the_deadline_of_the_first() =>
        Assert.Equal(new PreparationBegan(NextProof, At(10, 15)), Only(preparing, new RecordReadiness(Proof, false, At(10, 5), NextProof), At(10, 5)));

    [Fact]
    public void Last_failed_proof_ends_the_lease_with_nothing_billed_and_the_whole_hours_left_taken_back()
    {
        var failure = new LeaseFailed(At(10, 5), null, Hours(11, 14), LeaseFailure.ReadinessFailed, null);
        var third = preparing.Apply(new PreparationBegan(Proof, At(10, 15))).Apply(new PreparationBegan(Proof, At(10, 15)));
        Assert.Equal(failure, Only(third, new RecordReadiness(Proof, false, At(10, 5), NextProof), At(10, 5)));
        Assert.Equal(failure with { At = At(10, 15) }, Only(preparing, new RecordReadiness(Proof, false, At(10, 15), NextProof), At(10, 15)));
    }

    [Fact]
    public void Missing_proof_ends_the_lease_at_its_deadline() =>
        Assert.Equal(LeaseFailure.ReadinessTimedOut, Assert.IsType<LeaseFailed>(Only(preparing, new GiveUpReadiness(Proof), At(10, 16))).Failure);

    [Fact]
    public void Answers_to_another_proof_or_after_the_end_bring_nothing()
    {
        var other = VerificationId.From(Number(99));
        var failed = preparing.Apply(new LeaseFailed(At(10, 16), null, null, LeaseFailure.ReadinessTimedOut, null));
        Assert.Empty(Events(preparing, new RecordReadiness(other, true, At(10, 2), NextProof), At(10, 2)));
        Assert.Empty(Events(preparing, new GiveUpReadiness(other), At(10, 16)));
        Assert.Empty(Events(failed, new RecordReadiness(Proof, true, At(10, 14), NextProof), At(10, 17)));
        Assert.Empty(Events(active, new RecordReadiness(Proof, false, At(10, 14), NextProof), At(10, 17)));
        Assert.Empty(Events(active, new GiveUpReadiness(Proof), At(10, 16)));
        Assert.Empty(Events(active, new Begin(other, Quarter), At(10, 16)));
    }

    [Fact]
    public void Window_end_completes_a_ready_lease_and_fails_another()
    {
        Assert.Equal(new LeaseCompleted(At(14)), Only(active, new Finish(), At(14, 1)));
        Assert.Equal(LeaseFailure.NeverStarted, Assert.IsType<LeaseFailed>(Only(Fresh, new Finish(), At(14))).Failure);
    }

    [Fact]
    public void Termination_gives_back_the_hours_that_have_not_begun()
    {
        Assert.Equal(new LeaseTerminated(At(9), Hours(10, 14)), Only(Fresh, new Terminate(), At(9)));
        Assert.Equal(new LeaseTerminated(At(11, 1), Hours(12, 14)), Only(active, new Terminate(), At(11, 1)));
        Assert.Equal(new LeaseTerminated(At(11), Hours(11, 14)), Only(active, new Terminate(), At(11)));
        Assert.Equal(new LeaseTerminated(At(13, 30), null), Only(active, new Terminate(), At(13, 30)));
    }

    [Fact]
    public void Reported_failure_credits_the_hour_it_happened_in()
    {
        Assert.Equal(
            new LeaseFailed(At(11, 30), At(11), Hours(12, 14), LeaseFailure.Reported, "power cut"), Only(active, new Fail("power cut"), At(11, 30)));
        Assert.Equal(
            new LeaseFailed(At(9), null, Hours(10, 14), LeaseFailure.Reported, "sold"), Only(Fresh, new Fail("sold"), At(9)));
    }

    [Fact]
    public void People_are_refused_once_the_window_is_over()
    {
        Assert.False(LeaseDecider.TryDecide(active, new Terminate(), At(14), out _));
        Assert.False(LeaseDecider.TryDecide(active, new Fail("x"), At(14), out _));
        Assert.False(LeaseDecider.TryDecide(active.Apply(new LeaseTerminated(At(11), null)), new Terminate(), At(12), out _));
        Assert.True(LeaseDecider.TryDecide(active.Apply(new LeaseTerminated(At(11), null)), new Finish(), At(14), out _));
    }

    private static LeaseEvent Only(Lease lease, LeaseCommand command, Instant now) => Assert.Single(Events(lease, command, now));

    private static LeaseEvent[] Events(Lease lease, LeaseCommand command, Instant now)
    {
        LeaseDecider.TryDecide(lease, command, now, out var events);
        return events;
    }
}
