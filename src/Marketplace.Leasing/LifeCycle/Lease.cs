using System.Text.Json.Serialization;
using Marketplace.Contracts;
using Marketplace.Leasing.Recheck;
using Marketplace.Leasing.ResellHours;
using NodaTime;

namespace Marketplace.Leasing.LifeCycle;

/// <summary>Where a lease is in its life.</summary>
public enum LeaseState
{
    /// <summary>Its window has not begun.</summary>
    Scheduled,

    /// <summary>Its window has begun and its machine is proving that it is ready.</summary>
    Preparing,

    /// <summary>Its machine is ready: use is billed.</summary>
    Active,

    /// <summary>Its window is over.</summary>
    Completed,

    /// <summary>The buyer gave it up.</summary>
    Terminated,

    /// <summary>Its machine was not ready, or failed.</summary>
    Failed,
}

/// <summary>Why a lease failed.</summary>
public enum LeaseFailure
{
    /// <summary>The machine showed less than it had proven for the listing, or a proof that did not check out.</summary>
    ReadinessFailed,

    /// <summary>No proof came in time.</summary>
    ReadinessTimedOut,

    /// <summary>The window was over before the lease could begin; nobody's machine is to blame.</summary>
    NeverStarted,

    /// <summary>The provider or an operator reported a failure.</summary>
    Reported,

    /// <summary>The machine failed in the lease that these hours were bought from, or in one that was bought from this.</summary>
    MachineFailed,

    /// <summary>The machine failed a re-check.</summary>
    RecheckFailed,
}

/// <summary>A machine's GPUs, leased for a window of hours.</summary>
/// <param name="LeaseId">The lease.</param>
/// <param name="TradeId">The trade that made it.</param>
/// <param name="Book">The book of the trade.</param>
/// <param name="BidId">The bid that bought it.</param>
/// <param name="Buyer">Who leases.</param>
/// <param name="ListingId">The listing.</param>
/// <param name="Provider">Who is paid: whose machine it is, or the head lease's buyer.</param>
/// <param name="MachineId">The machine.</param>
/// <param name="GpuCount">GPUs leased.</param>
/// <param name="Window">The hours.</param>
/// <param name="Price">The price.</param>
/// <param name="Proven">What the listing had proven, per GPU.</param>
/// <param name="State">Where it is in its life.</param>
/// <param name="VerificationId">The readiness proof that was asked for last; null before.</param>
/// <param name="ReadinessTries">Readiness proofs that were asked for.</param>
/// <param name="ReadinessDeadline">By when that proof must be there; null before.</param>
/// <param name="ReadyAt">From when use is billed; null if never.</param>
/// <param name="EndedAt">When it ended; null while it has not.</param>
/// <param name="CreditedFrom">Use from then on is free, because the machine failed; null otherwise.</param>
/// <param name="Failure">Why it failed; null otherwise.</param>
/// <param name="FailureDetail">What was reported, or how the machine failed in the other lease; null otherwise.</param>
/// <param name="Version">Counts its events from 1.</param>
/// <param name="Head">The lease that these hours were bought from; null where a provider sold them.</param>
/// <param name="Resale">The present or last offer of hours of this lease by its buyer; null if there was none.</param>
/// <param name="ProvenAt">When its machine last passed a re-check; null if it has passed only the proof at the start.</param>
/// <param name="FailedCheck">The re-check that its machine failed or got out of; null otherwise.</param>
/// <param name="Shortfall">What its buyer gets back of earlier hours for it; null for nothing.</param>
public sealed record Lease(
    LeaseId LeaseId,
    TradeId TradeId,
    BookKey Book,
    BidId BidId,
    OrganisationId Buyer,
    ListingId ListingId,
    OrganisationId Provider,
    MachineId MachineId,
    int GpuCount,
    HourWindow Window,
    UnitPrice Price,
    Capacity Proven,
    LeaseState State,
    VerificationId? VerificationId,
    int ReadinessTries,
    Instant? ReadinessDeadline,
    Instant? ReadyAt,
    Instant? EndedAt,
    Instant? CreditedFrom,
    LeaseFailure? Failure,
    string? FailureDetail,
    int Version,
    HeadLease? Head = null,
    Resale? Resale = null,
    Instant? ProvenAt = null,
    FailedCheck? FailedCheck = null,
    Shortfall? Shortfall = null)
{
    /// <summary>Whether nothing can change it any more.</summary>
    public bool IsOver => State is LeaseState.Completed or LeaseState.Terminated or LeaseState.Failed;

    /// <summary>Whose machine it is.</summary>
    [JsonIgnore]
    public OrganisationId MachineOwner => Head?.Provider ?? Provider;

    /// <summary>The lease that a trade makes.</summary>
    /// <param name="trade">The trade.</param>
    /// <param name="head">The lease whose hours were sold; null where a provider sold.</param>
    public static Lease Of(TradeExecuted trade, HeadLease? head = null) => new(
        trade.LeaseId, trade.TradeId, trade.Book, trade.BidId, trade.Buyer, trade.ListingId, trade.Provider, trade.MachineId, trade.GpuCount,
        trade.Window, trade.Price, trade.Proven, LeaseState.Scheduled, null, 0, null, null, null, null, null, null, Version: 1, head);

    /// <summary>The lease after an event.</summary>
    public Lease Apply(LeaseEvent @event)
    {
        InvariantException.Require(!IsOver || @event is ResaleEvent, $"{LeaseId} is {State} and got {@event}.");
        var next = @event switch
        {
            PreparationBegan e => this with
            {
                State = LeaseState.Preparing,
                VerificationId = e.VerificationId,
                ReadinessTries = ReadinessTries + 1,
                ReadinessDeadline = e.Deadline,
            },
            LeaseActivated e => this with { State = LeaseState.Active, ReadyAt = e.ReadyAt },
            LeaseCompleted e => this with { State = LeaseState.Completed, EndedAt = e.At },
            LeaseTerminated e => this with { State = LeaseState.Terminated, EndedAt = e.At },
            LeaseFailed e => this with
            {
                State = LeaseState.Failed,
                EndedAt = e.At,
                CreditedFrom = e.CreditedFrom,
                Failure = e.Failure,
                FailureDetail = e.Detail,
                FailedCheck = e.Check,
                Shortfall = e.Shortfall,
            },
            MachineProven e => this with { ProvenAt = e.At },
            ResaleEvent e => this with { Resale = Resale.Apply(Resale, e) },
            _ => throw new InvariantException($"A lease does not know the event {@event.GetType().Name}."),
        };
        return next with { Version = Version + 1 };
    }

    /// <summary>The hours that have not begun; null if there are none.</summary>
    public HourWindow? WholeHoursLeft(Instant now)
    {
        var hour = HourSlot.Containing(now);
        var next = hour.Start == now ? hour : hour + 1;
        var from = next > Window.From ? next : Window.From;
        return HourWindow.TryCreate(from, Window.To, out var left) ? left : null;
    }
}
