using System.Globalization;
using Marketplace.Api.Answers;
using Marketplace.Api.Auth;
using Marketplace.Api.OpenApi;
using Marketplace.Api.Problems;
using Marketplace.Api.Requests;
using Marketplace.Api.Trading;
using Marketplace.Client.Models;
using Marketplace.Contracts;
using Marketplace.Registry.CreateListing;
using Marketplace.Registry.Listings;
using Marketplace.Registry.Machines;
using Marketplace.Registry.ReviseListing;
using Marketplace.Registry.SubmitListing;
using Marketplace.Registry.WithdrawListing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketplace.Api.Registry;

/// <summary>A provider's listings.</summary>
internal static class ListingEndpoints
{
    private const long MaxFigure = 1_000_000_000;

    public static void MapListings(this IEndpointRouteBuilder v1)
    {
        var group = v1.MapGroup("/listings").WithTags("Listings");
        group.MapPost("", CreateAsync).RequireScope(Scopes.ListingsWrite)
            .Operates("createListing", "Drafts a listing of a machine's hours. The draft holds the hours already.")
            .Answers<ListingModel>(StatusCodes.Status201Created)
            .Refuses(
                ProblemTypes.MachineUnknown, ProblemTypes.GpuCountAboveMachine, ProblemTypes.ListingWindowInPast, ProblemTypes.ListingWindowBeyondHorizon,
                ProblemTypes.PriceZero, ProblemTypes.PriceOutsideBand, ProblemTypes.MinimumHoursOverWindow, ProblemTypes.ClaimEmpty,
                ProblemTypes.ClaimNotProvable, ProblemTypes.ClaimLooksSparse, ProblemTypes.ClaimAboveDatasheet, ProblemTypes.TooManyListings, ProblemTypes.HoursTaken);
        group.MapGet("", ListAsync).RequireToken()
            .Operates("listListings", "Lists the caller's listings, newest first. What everybody may buy is listed by listOffers.")
            .Answers<Page<ListingModel>>();
        group.MapGet("/{listingId}", ReadAsync).RequireToken()
            .Operates("getListing", "Reads a listing. With Prefer: wait=N, waits while it is pending.")
            .Answers<ListingModel>()
            .Refuses(ProblemTypes.NotFound);
        group.MapPatch("/{listingId}", ReviseAsync).RequireScope(Scopes.ListingsWrite)
            .Operates("reviseListing", "Corrects price, minimum hours or claim of a listing that is a draft, rejected or suspended.")
            .Answers<ListingModel>()
            .Refuses(
                ProblemTypes.NotFound, ProblemTypes.Stale, ProblemTypes.WrongListingStatus, ProblemTypes.PriceZero, ProblemTypes.CurrencyChanged,
                ProblemTypes.PriceOutsideBand, ProblemTypes.MinimumHoursOverWindow, ProblemTypes.ClaimEmpty, ProblemTypes.ClaimNotProvable, ProblemTypes.ClaimLooksSparse,
                ProblemTypes.ClaimAboveDatasheet);
        group.MapPost("/{listingId}/submission", SubmitAsync).RequireScope(Scopes.ListingsWrite)
            .Operates("submitListing", "Has the machine prove the claim; the listing becomes active or is rejected by that proof.")
            .Answers<ListingModel>(StatusCodes.Status202Accepted)
            .Refuses(ProblemTypes.NotFound, ProblemTypes.WrongListingStatus, ProblemTypes.ListingWindowOver, ProblemTypes.NoEnrolledKey);
        group.MapPost("/{listingId}/withdrawal", WithdrawAsync).RequireScope(Scopes.ListingsWrite)
            .Operates("withdrawListing", "Takes a listing back. Trades that were made stand.")
            .Answers<ListingModel>()
            .Refuses(ProblemTypes.NotFound, ProblemTypes.WrongListingStatus);
    }

    private static async Task<IResult> CreateAsync(
        CreateListingRequest body,
        OrganisationCaller caller,
        RequestKey key,
        CreateListingHandler create,
        MachineReader machines,
        IPriceBands bands,
        CancellationToken cancellationToken)
    {
        var fields = new Fields();
        var command = new CreateListing(
            caller.OrganisationId,
            fields.Id<MachineKind>("/machineId", body.MachineId),
            fields.Int("/gpuCount", body.GpuCount, 1, int.MaxValue),
            fields.Window("/window", body.Window),
            fields.PriceSchedule("/price", body.Price)!,
            fields.Int("/minimumHours", body.MinimumHours, 1, HourWindow.MaxHours),
            Claim(fields, body.Claim));
        if (body.Claim is null) fields.Add("/claim", "This is required.");
        if (!fields.AreValid) return fields.Problem;
        var attempt = await create.ExecuteAsync(command, key.Value, cancellationToken);
        if (!attempt.KeyReused && !attempt.Result.TryGet(out _, out var refusal) && refusal == CreateListingRefusal.PriceOutsideBand
            && await machines.FindAsync(caller.OrganisationId, command.MachineId, cancellationToken) is { } machine)
        {
            return await bands.ProblemAsync(ProblemTypes.PriceOutsideBand, machine.Book, command.Price.Currency, cancellationToken);
        }

        return Answer.Created(attempt, Location, RegistryModels.ToModel, RegistryProblems.Of);
    }

    private static async Task<IResult> ListAsync(
        PageQuery query, string[]? status, OrganisationCaller caller, ListingReader reader, CancellationToken cancellationToken)
    {
        var fields = new Fields();
        var wanted = (status ?? []).Select(text => fields.Enum<ListingStatus>("?status", text)).ToHashSet();
        if (!fields.AreValid) return fields.Problem;
        ListingId? after = null;
        if (query.After is { } cursor)
        {
            if (!ListingId.TryParse(cursor, out var id)) return PageQuery.InvalidCursor;
            after = id;
        }

        var listings = await reader.ListAsync(caller.OrganisationId, after, cancellationToken)
            .Where(listing => wanted.Count == 0 || wanted.Contains(listing.Status)).Take(query.Limit + 1).ToListAsync(cancellationToken);
        var page = listings.Take(query.Limit).ToList();
        return Answer.Ok(PageQuery.Page<ListingModel>([.. page.Select(RegistryModels.ToModel)], listings.Count > page.Count ? page[^1].Id.ToString() : null));
    }

    private static async Task<IResult> ReadAsync(
        string listingId, OrganisationCaller caller, PreferWait wait, ListingReader reader, CancellationToken cancellationToken)
    {
        if (!ListingId.TryParse(listingId, out var id)) return Answer.NotFound();
        var listing = await wait.ReadUntilAsync(
            () => reader.FindAsync(caller.OrganisationId, id, cancellationToken),
            found => found is not { Status: ListingStatus.PendingVerification },
            cancellationToken);
        return Answer.OkOrNotFound(listing?.ToModel(), listing?.Version.ToString(CultureInfo.InvariantCulture));
    }

    private static async Task<IResult> ReviseAsync(
        string listingId,
        ReviseListingRequest body,
        IfMatch match,
        OrganisationCaller caller,
        ReviseListingHandler revise,
        ListingReader reader,
        IPriceBands bands,
        CancellationToken cancellationToken)
    {
        if (!ListingId.TryParse(listingId, out var id)) return Answer.NotFound();
        var fields = new Fields();
        var price = body.Price is null ? null : fields.PriceSchedule("/price", body.Price);
        int? minimumHours = body.MinimumHours is null ? null : fields.Int("/minimumHours", body.MinimumHours, 1, HourWindow.MaxHours);
        var claim = body.Claim is null ? null : Claim(fields, body.Claim);
        if (body is { Price: null, MinimumHours: null, Claim: null }) fields.Add("", "Expected a price, minimum hours or a claim.");
        if (!fields.AreValid) return fields.Problem;

        // An ETag of another form is none of ours: the caller saw something else than this listing.
        var version = int.TryParse(match.ETag, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        var result = await revise.ExecuteAsync(new ReviseListing(caller.OrganisationId, id, version, price, minimumHours, claim), cancellationToken);
        if (!result.TryGet(out _, out var refused) && refused == ReviseListingRefusal.PriceOutsideBand
            && await reader.FindAsync(caller.OrganisationId, id, cancellationToken) is { } kept)
        {
            return await bands.ProblemAsync(ProblemTypes.PriceOutsideBand, kept.Book, kept.Price.Currency, cancellationToken);
        }

        return result.Match(
            listing => Answer.OkOrNotFound(listing.ToModel(), listing.Version.ToString(CultureInfo.InvariantCulture)), refusal => RegistryProblems.Of(refusal));
    }

    private static async Task<IResult> SubmitAsync(
        string listingId, OrganisationCaller caller, RequestKey key, SubmitListingHandler submit, CancellationToken cancellationToken)
    {
        if (!ListingId.TryParse(listingId, out var id)) return Answer.NotFound();
        var attempt = await submit.ExecuteAsync(new SubmitListing(caller.OrganisationId, id), key.Value, cancellationToken);
        return Answer.Accepted(attempt, Location, RegistryModels.ToModel, RegistryProblems.Of);
    }

    private static async Task<IResult> WithdrawAsync(
        string listingId, OrganisationCaller caller, RequestKey key, WithdrawListingHandler withdraw, CancellationToken cancellationToken)
    {
        if (!ListingId.TryParse(listingId, out var id)) return Answer.NotFound();
        var attempt = await withdraw.ExecuteAsync(new WithdrawListing(caller.OrganisationId, id), key.Value, cancellationToken);
        return Answer.Done(attempt, RegistryModels.ToModel, RegistryProblems.Of);
    }

    private static string Location(Listing listing) => $"/v1/listings/{listing.Id}";

    private static Capacity Claim(Fields fields, CapacityModel? claim) => new(
        fields.Long("/claim/int8Gops", claim?.Int8Gops ?? 0, 0, MaxFigure),
        fields.Long("/claim/bf16Gflops", claim?.Bf16Gflops ?? 0, 0, MaxFigure),
        fields.Long("/claim/memoryMB", claim?.MemoryMB ?? 0, 0, MaxFigure),
        fields.Long("/claim/memoryBandwidthMBps", claim?.MemoryBandwidthMBps ?? 0, 0, MaxFigure),
        fields.Long("/claim/fp64Gflops", claim?.Fp64Gflops ?? 0, 0, MaxFigure));
}
