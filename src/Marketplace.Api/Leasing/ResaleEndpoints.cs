using Marketplace.Api.Answers;
using Marketplace.Api.Auth;
using Marketplace.Api.OpenApi;
using Marketplace.Api.Problems;
using Marketplace.Api.Requests;
using Marketplace.Client.Models;
using Marketplace.Leasing.LifeCycle;
using Marketplace.Leasing.ReadLeases;
using Marketplace.Leasing.ResellHours;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketplace.Api.Leasing;

/// <summary>Hours of a lease that its buyer sells on.</summary>
internal static class ResaleEndpoints
{
    public static void MapResales(this IEndpointRouteBuilder v1)
    {
        var group = v1.MapGroup("/leases/{leaseId}/resale").WithTags("Leases");
        group.MapPost("", OfferAsync).RequireScope(Scopes.LeasesWrite)
            .Operates(
                "resellHours",
                "Offers hours of a lease in its book, as the lease's buyer. The lease goes on and is owed in full; what is bought becomes a lease with the buyer as its provider.")
            .Answers<ResaleModel>(StatusCodes.Status202Accepted)
            .Refuses([.. Enum.GetValues<ResellHoursRefusal>().Select(TypeOf).Distinct(), ProblemTypes.IdempotencyKeyReused]);
        group.MapGet("", ReadAsync).RequireToken()
            .Operates("getResale", "Reads the present or last offer of a lease's hours, as the lease's buyer or an operator.")
            .Answers<ResaleModel>()
            .Refuses(ProblemTypes.NotFound);
        group.MapPost("/cancellation", StopAsync).RequireScope(Scopes.LeasesWrite)
            .Operates("stopResale", "Stops offering hours of a lease; what was sold stays sold. Asking again changes nothing. With Prefer: wait=N it waits until the book has closed the offer.")
            .Answers<ResaleModel>()
            .Answers<ResaleModel>(StatusCodes.Status202Accepted)
            .Refuses(ProblemTypes.NotFound, ProblemTypes.NotTheBuyer);
    }

    private static async Task<IResult> OfferAsync(
        string leaseId, ResellHoursRequest body, OrganisationCaller caller, RequestKey key, ResellHours resell, CancellationToken cancellationToken)
    {
        if (!LeaseId.TryParse(leaseId, out var id)) return Answer.NotFound();
        var fields = new Fields();
        var command = new ResellHoursCommand(
            fields.Int("/gpuCount", body.GpuCount, 1, int.MaxValue), fields.Window("/window", body.Window), fields.PriceSchedule("/price", body.Price)!);
        if (!fields.AreValid) return fields.Problem;
        var attempt = await resell.ExecuteAsync(caller.OrganisationId, id, command, key.Value, cancellationToken);
        return Answer.Accepted(attempt, Location, ToModel, refusal => TypeOf(refusal).With());
    }

    private static async Task<IResult> ReadAsync(string leaseId, Caller caller, LeaseQueries leases, CancellationToken cancellationToken)
    {
        if (!LeaseId.TryParse(leaseId, out var id)) return Answer.NotFound();
        var lease = await leases.FindAsync(id, cancellationToken);
        return lease?.Resale is null || !(caller.Has(Scopes.Operator) || caller.OrganisationId == lease.Buyer)
            ? Answer.NotFound()
            : Answer.OkOrNotFound(ToModel(lease), $"{lease.Version}");
    }

    private static async Task<IResult> StopAsync(
        string leaseId, OrganisationCaller caller, PreferWait wait, StopResale stop, LeaseQueries leases, CancellationToken cancellationToken)
    {
        if (!LeaseId.TryParse(leaseId, out var id)) return Answer.NotFound();
        var result = await stop.ExecuteAsync(caller.OrganisationId, id, cancellationToken);
        if (!result.TryGet(out _, out var refusal)) return Problem(refusal);
        var lease = (await wait.ReadUntilAsync(() => leases.FindAsync(id, cancellationToken), l => l!.Resale!.State == ResaleState.Closed, cancellationToken))!;
        var isClosed = lease.Resale!.State == ResaleState.Closed;
        return Results.Json(ToModel(lease), statusCode: isClosed ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
    }

    private static string Location(Lease lease) => $"/v1/leases/{lease.LeaseId}/resale";

    private static ResaleModel ToModel(Lease lease)
    {
        var resale = lease.Resale!;
        return new ResaleModel(
            lease.LeaseId.ToString(),
            resale.ListingId.ToString(),
            resale.GpuCount,
            resale.Window.ToModel(),
            resale.Price.ToModel(),
            WireForms.Name(resale.State),
            resale.Trades,
            resale.OfferedAt.ToWire(),
            resale.StoppedAt?.ToWire());
    }

    private static ProblemType TypeOf(ResellHoursRefusal refusal) => refusal switch
    {
        ResellHoursRefusal.UnknownLease => ProblemTypes.NotFound,
        ResellHoursRefusal.NotTheBuyer => ProblemTypes.NotTheBuyer,
        ResellHoursRefusal.LeaseIsOver => ProblemTypes.LeaseIsOver,
        ResellHoursRefusal.HoursOfAResale => ProblemTypes.HoursOfAResale,
        ResellHoursRefusal.ResaleIsOpen => ProblemTypes.ResaleIsOpen,
        ResellHoursRefusal.NoPayoutAccount => ProblemTypes.NoPayoutAccount,
        ResellHoursRefusal.GpuCountAboveLease => ProblemTypes.GpuCountAboveLease,
        ResellHoursRefusal.WindowOutsideLease => ProblemTypes.WindowOutsideLease,
        ResellHoursRefusal.WindowHasBegun => ProblemTypes.WindowHasBegun,
        ResellHoursRefusal.PriceZero => ProblemTypes.PriceZero,
        ResellHoursRefusal.HoursResold => ProblemTypes.HoursResold,
    };

    private static ApiProblem Problem(StopResaleRefusal refusal) => refusal switch
    {
        StopResaleRefusal.UnknownLease => ProblemTypes.NotFound.With(),
        StopResaleRefusal.NotTheBuyer => ProblemTypes.NotTheBuyer.With(),
        StopResaleRefusal.NeverOffered => ProblemTypes.NotFound.With("No hours of the lease were ever offered."),
    };
}
