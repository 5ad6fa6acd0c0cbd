using Marketplace.Contracts;
using Marketplace.Leasing.LifeCycle;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using Microsoft.Extensions.Options;

namespace Marketplace.Leasing.ResellHours;

/// <summary>Why hours of a lease are not offered, in order of precedence.</summary>
public enum ResellHoursRefusal
{
    /// <summary>There is no such lease, or the caller has no part in it.</summary>
    UnknownLease,

    /// <summary>The caller is the lease's provider.</summary>
    NotTheBuyer,

    /// <summary>The lease, or its window, is over.</summary>
    LeaseIsOver,

    /// <summary>The lease was itself bought from another lease's buyer.</summary>
    HoursOfAResale,

    /// <summary>Hours of the lease are on offer already, or it is not known yet what the last offer sold.</summary>
    ResaleIsOpen,

    /// <summary>The caller has no account to be paid to.</summary>
    NoPayoutAccount,

    /// <summary>The GPU count is not 1 to that of the lease.</summary>
    GpuCountAboveLease,

    /// <summary>Not all of the hours are the lease's.</summary>
    WindowOutsideLease,

    /// <summary>The first of the hours has begun.</summary>
    WindowHasBegun,

    /// <summary>The price is zero, in some hour.</summary>
    PriceZero,

    /// <summary>In some hour, fewer GPUs are left of what was resold before.</summary>
    HoursResold,
}

/// <summary>Hours as the lease's buyer offers them.</summary>
/// <param name="GpuCount">GPUs in every hour of the window.</param>
/// <param name="Window">The hours.</param>
/// <param name="Price">What is asked for them.</param>
public sealed record ResellHoursCommand(int GpuCount, HourWindow Window, PriceSchedule Price);

/// <summary>
/// Offers hours of a lease in the book that it was bought in. The lease goes on, and its buyer owes what it costs; what is bought
/// becomes a lease of its own, with that buyer in the provider's place.
/// </summary>
public sealed class ResellHours(Workspace workspace, IPayoutAccounts accounts, IIdSource ids, TimeProvider time, IOptions<LeasingOptions> options)
{
    /// <summary>Offers hours. Answers with the lease and its resale.</summary>
    public async Task<Attempt<Lease, ResellHoursRefusal>> ExecuteAsync(
        OrganisationId caller, LeaseId id, ResellHoursCommand wanted, IdempotencyKey key, CancellationToken cancellationToken)
    {
        var listing = ids.Next<ListingKind>();
        var canBePaid = await accounts.HasOneAsync(caller, cancellationToken);
        return await workspace.AttemptAsync<ResellHoursCommand, Lease, ResellHoursRefusal>(
            LeaseRows.Of(id), key, wanted, work => DecideAsync(work, caller, wanted, listing, canBePaid, cancellationToken), cancellationToken);
    }

    private async Task<Result<Lease, ResellHoursRefusal>> DecideAsync(
        PartitionWork work, OrganisationId caller, ResellHoursCommand wanted, ListingId listing, bool canBePaid, CancellationToken cancellationToken)
    {
        var lease = await work.ReadAsync<Lease>(LeaseRows.Lease, cancellationToken);
        if (lease is null || (lease.Buyer != caller && lease.Provider != caller)) return ResellHoursRefusal.UnknownLease;
        if (lease.Buyer != caller) return ResellHoursRefusal.NotTheBuyer;
        var subleases = await SubleaseRows.ReadAsync(work, lease, cancellationToken);
        return ResaleDecider.Offer(lease, subleases, wanted, listing, canBePaid, time.Now())
            .Match<Result<Lease, ResellHoursRefusal>>(offered => LeaseConsequences.Record(work, lease, [offered], options.Value), refusal => refusal);
    }
}
