using Marketplace.Contracts;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Marketplace.Verification.Reverification;

/// <summary>Opens windows and plans draws, as parts of changes of a provider's partition.</summary>
internal sealed class WindowOpening(IMachineLeases leases, ICatalogue catalogue, IIdSource ids, IEntropy entropy, TimeProvider time, IOptions<RecheckOptions> options)
{
    /// <summary>Opens a window of all that the provider has on offer. Null, and nothing is put, where that is nothing.</summary>
    /// <param name="work">The provider's partition.</param>
    /// <param name="provider">The provider.</param>
    /// <param name="cause">Why.</param>
    /// <param name="first">A machine that must be in it; null for any.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<RecheckWindow?> OpenAsync(
        PartitionWork work, OrganisationId provider, RecheckCause cause, MachineId? first, CancellationToken cancellationToken)
    {
        var offered = await OfferedAsync(work, cancellationToken);
        if (offered.Count == 0) return null;
        var chosen = Choose([.. offered.Select(machine => machine.Key)], first);
        var machines = new List<RecheckedMachine>();
        foreach (var machine in offered.Where(machine => chosen.Contains(machine.Key)))
        {
            var isLeased = await leases.IsLeasedAsync(machine.Key, cancellationToken);
            machines.Add(WindowRules.Machine(machine.Key, [.. machine], isLeased, ids.Next<VerificationKind>()));
        }

        return Open(work, provider, cause, 1, [.. machines.GroupBy(machine => machine.Model).SelectMany(Level)]);
    }

    /// <summary>Opens another window of the same machines, all of them: one that passed once may not have had to share its device.</summary>
    public RecheckWindow Repeat(PartitionWork work, RecheckWindow window) => Open(
        work,
        window.Provider,
        RecheckCause.Repeated,
        window.Try + 1,
        [.. window.Machines.Select(machine => machine with { VerificationId = ids.Next<VerificationKind>(), Answer = null })]);

    /// <summary>The plan with the next draw on its way.</summary>
    public RecheckPlan PlanDraw(PartitionWork work, OrganisationId provider, RecheckPlan plan, int machines)
    {
        var now = time.Now();
        var next = plan with { Draw = plan.Draw + 1, IsDrawing = true };
        work.Send(new DrawRecheck(provider, next.Draw), now + RecheckSchedule.Draw(RecheckSchedule.MeanWait(plan, machines, options.Value, now), entropy));
        return next;
    }

    /// <summary>What is on offer, by machine.</summary>
    public static async Task<List<IGrouping<MachineId, WatchedListing>>> OfferedAsync(PartitionWork work, CancellationToken cancellationToken)
    {
        var listings = new List<WatchedListing>();
        await foreach (var (_, listing) in work.ReadRangeAsync<WatchedListing>(RecheckRows.Watched, cancellationToken)) listings.Add(listing);
        return [.. listings.GroupBy(listing => listing.MachineId)];
    }

    // Processors of one class may be very different ones; cards are not.
    private IEnumerable<RecheckedMachine> Level(IGrouping<GpuModelId, RecheckedMachine> ofOneClass) =>
        catalogue.FindModel(ofOneClass.Key) is { ProvenOnCpu: false } ? WindowRules.Level([.. ofOneClass]) : ofOneClass;

    private RecheckWindow Open(PartitionWork work, OrganisationId provider, RecheckCause cause, int tryNumber, IReadOnlyList<RecheckedMachine> machines)
    {
        var announcedAt = time.Now();
        var opensAt = announcedAt + options.Value.Notice;
        var span = machines.Select(machine => RecheckSessions.SpanOf(machine, catalogue.FindModel(machine.Model))).Aggregate(options.Value.Span, Duration.Max);
        var window = new RecheckWindow(ids.Next<RecheckWindowKind>(), provider, cause, tryNumber, announcedAt, opensAt, opensAt + span, machines);
        work.Put(RecheckRows.Window(window.Id), window);
        foreach (var machine in machines)
        {
            work.Send(new Contracts.RequestVerification(
                machine.VerificationId, VerificationPurpose.Recheck, window.Id.ToString(), provider, machine.MachineId, machine.Model,
                machine.GpuCount, machine.Claim, window.ClosesAt, window.OpensAt));
        }

        work.Send(new CloseWindow(provider, window.Id), window.ClosesAt + options.Value.Grace);
        return window;
    }

    // Of more machines than a window takes, some in a row from a drawn one on: each is as likely as another.
    private HashSet<MachineId> Choose(IReadOnlyList<MachineId> machines, MachineId? first)
    {
        if (machines.Count <= RecheckSchedule.MostMachines) return [.. machines];
        var from = RecheckSchedule.Below(machines.Count, entropy);
        var chosen = new HashSet<MachineId>();
        if (first is { } due && machines.Contains(due)) chosen.Add(due);
        for (var i = 0; chosen.Count < RecheckSchedule.MostMachines; i++) chosen.Add(machines[(from + i) % machines.Count]);
        return chosen;
    }
}
