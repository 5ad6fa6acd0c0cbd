using Marketplace.Api.Answers;
using Marketplace.Api.Auth;
using Marketplace.Api.OpenApi;
using Marketplace.Api.Problems;
using Marketplace.Api.Requests;
using Marketplace.Client.Models;
using Marketplace.Leasing.FailLease;
using Marketplace.Leasing.LifeCycle;
using Marketplace.Leasing.ReadLeases;
using Marketplace.Leasing.TerminateLease;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketplace.Api.Leasing;

/// <summary>Leases for buyers, providers and machines.</summary>
internal static class LeaseEndpoints
{
    private const int MaxReasonLength = 500;

    public static void MapLeases(this IEndpointRouteBuilder v1)
    {
        var group = v1.MapGroup("/leases").WithTags("Leases");
        group.MapGet("", ListAsync).RequireToken()
            .Operates("listLeases", "Lists the leases that the organisation buys or provides, newest first.")
            .Answers<Page<LeaseModel>>();
        group.MapGet("/{leaseId}", ReadAsync).RequireToken()
            .Operates("getLease", "Reads a lease, as its buyer, its provider or an operator.")
            .Answers<LeaseModel>()
            .Refuses(ProblemTypes.NotFound);
        group.MapPost("/{leaseId}/termination", TerminateAsync).RequireScope(Scopes.LeasesWrite)
            .Operates("terminateLease", "Gives a lease up: billing stops, and the whole hours that are left are offered again. Asking again gives the first answer.")
            .Answers<LeaseModel>()
            .Refuses(ProblemTypes.NotFound, ProblemTypes.NotTheBuyer, ProblemTypes.LeaseIsOver, ProblemTypes.ResaleIsOpen, ProblemTypes.HoursResold);
        group.MapPost("/{leaseId}/failure", FailAsync).RequireToken()
            .Operates("failLease", "Reports, as the machine's provider or as operator, that the machine failed: the hour of the failure is free, the listing is suspended, and what was resold fails too. A provider that reports while a re-check of the machine is announced has failed it.")
            .Answers<LeaseModel>()
            .Refuses(ProblemTypes.NotFound, ProblemTypes.NotTheProvider, ProblemTypes.LeaseIsOver);
        v1.MapResales();
        v1.MapGet("/machine/leases", ListOfMachineAsync).WithTags("Leases").RequireMachine()
            .Operates("listMachineLeases", "Lists the leases that the machine has to meter now, and says when the next one begins.")
            .Answers<MachineLeasesModel>();
    }

    private static async Task<IResult> ListAsync(PageQuery query, OrganisationCaller caller, LeaseQueries leases, CancellationToken cancellationToken)
    {
        LeaseId? after = null;
        if (query.After is { } text)
        {
            if (!LeaseId.TryParse(text, out var id)) return PageQuery.InvalidCursor;
            after = id;
        }

        var found = await leases.ListAsync(caller.OrganisationId, after, query.Limit + 1, cancellationToken);
        var page = found.Take(query.Limit).ToList();
        return Answer.Ok(PageQuery.Page([.. page.Select(ToModel)], found.Count > page.Count ? page[^1].LeaseId.ToString() : null));
    }

    private static async Task<IResult> ReadAsync(string leaseId, Caller caller, LeaseQueries leases, CancellationToken cancellationToken)
    {
        if (!LeaseId.TryParse(leaseId, out var id)) return Answer.NotFound();
        var lease = caller.Has(Scopes.Operator) ? await leases.FindAsync(id, cancellationToken)
            : caller.OrganisationId is { } party ? await leases.FindAsync(party, id, cancellationToken)
            : null;
        return lease is null ? Answer.NotFound() : Answer.OkOrNotFound(ToModel(lease), $"{lease.Version}");
    }

    private static async Task<IResult> TerminateAsync(
        string leaseId, OrganisationCaller caller, TerminateLease terminate, CancellationToken cancellationToken)
    {
        if (!LeaseId.TryParse(leaseId, out var id)) return Answer.NotFound();
        var result = await terminate.ExecuteAsync(caller.OrganisationId, id, cancellationToken);
        return result.Match(lease => Answer.Ok(ToModel(lease)), Problem);
    }

    private static async Task<IResult> FailAsync(
        string leaseId, FailLeaseRequest body, Caller caller, FailLease fail, CancellationToken cancellationToken)
    {
        var isOperator = caller.Has(Scopes.Operator);
        if (!isOperator && !caller.Has(Scopes.LeasesWrite)) return ProblemTypes.ScopeRequired.With();
        if (!isOperator && caller.OrganisationId is null) return ProblemTypes.OrganisationRequired.With();
        if (!LeaseId.TryParse(leaseId, out var id)) return Answer.NotFound();
        var fields = new Fields();
        var reason = fields.Text("/reason", body.Reason, 1, MaxReasonLength);
        if (!fields.AreValid) return fields.Problem;
        var result = await fail.ExecuteAsync(isOperator ? null : caller.OrganisationId, id, reason, cancellationToken);
        return result.Match(lease => Answer.Ok(ToModel(lease)), Problem);
    }

    private static async Task<IResult> ListOfMachineAsync(MachineCaller machine, LeaseQueries leases, CancellationToken cancellationToken)
    {
        var found = await leases.ListOfMachineAsync(machine.MachineId, cancellationToken);
        return Answer.Ok(new MachineLeasesModel(
            [.. found.Active.Select(l => new MachineLeaseModel(l.LeaseId.ToString(), l.GpuCount, l.Window.ToModel(), l.ReadyAt!.Value.ToWire()))],
            found.NextStart?.ToWire()));
    }

    private static IResult Problem(TerminateLeaseRefusal refusal) => refusal switch
    {
        TerminateLeaseRefusal.UnknownLease => ProblemTypes.NotFound.With(),
        TerminateLeaseRefusal.NotTheBuyer => ProblemTypes.NotTheBuyer.With(),
        TerminateLeaseRefusal.LeaseIsOver => ProblemTypes.LeaseIsOver.With(),
        TerminateLeaseRefusal.ResaleIsOpen => ProblemTypes.ResaleIsOpen.With(),
        TerminateLeaseRefusal.HoursResold => ProblemTypes.HoursResold.With(),
    };

    private static IResult Problem(FailLeaseRefusal refusal) => refusal switch
    {
        FailLeaseRefusal.UnknownLease => ProblemTypes.NotFound.With(),
        FailLeaseRefusal.NotTheProvider => ProblemTypes.NotTheProvider.With(),
        FailLeaseRefusal.LeaseIsOver => ProblemTypes.LeaseIsOver.With(),
    };

    private static LeaseModel ToModel(Lease lease) => new(
        lease.LeaseId.ToString(),
        lease.TradeId.ToString(),
        lease.Book.Model.ToString(),
        lease.Book.Hub.ToString(),
        lease.ListingId.ToString(),
        lease.MachineId.ToString(),
        lease.Buyer.ToString(),
        lease.Provider.ToString(),
        lease.GpuCount,
        lease.Window.ToModel(),
        lease.Price.ToModel(),
        new CapacityModel(lease.Proven.Int8Gops, lease.Proven.Bf16Gflops, lease.Proven.MemoryMB, lease.Proven.MemoryBandwidthMBps),
        WireForms.Name(lease.State),
        lease.VerificationId?.ToString(),
        lease.ReadinessDeadline?.ToWire(),
        lease.ReadyAt?.ToWire(),
        lease.EndedAt?.ToWire(),
        lease.CreditedFrom?.ToWire(),
        lease.Failure is { } failure ? WireForms.Name(failure) : null,
        lease.FailureDetail,
        lease.Head?.LeaseId.ToString(),
        lease.ProvenAt?.ToWire(),
        lease.Shortfall is { } missing ? new ShortfallModel(missing.From.ToWire(), missing.To.ToWire(), missing.BasisPoints) : null);
}
