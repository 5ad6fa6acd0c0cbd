using Marketplace.Contracts;
using Marketplace.Registry.Listings;
using Marketplace.Registry.Machines;
using NodaTime;

namespace Marketplace.Registry.CreateListing;

/// <summary>Decides on new listings.</summary>
public static class ListingRules
{
    /// <summary>How far ahead hours may be offered.</summary>
    public static readonly Duration Horizon = Duration.FromDays(366);

    /// <summary>The draft that a command makes.</summary>
    /// <param name="command">The command.</param>
    /// <param name="id">The listing's id.</param>
    /// <param name="machine">The machine; null if the provider has no such.</param>
    /// <param name="model">Its class.</param>
    /// <param name="schedule">Hours of it that are held.</param>
    /// <param name="band">Which prices its book takes; null for any.</param>
    /// <param name="now">When.</param>
    public static Result<Listing, CreateListingRefusal> Create(
        CreateListing command, ListingId id, Machine? machine, GpuModel? model, MachineSchedule schedule, PriceRange? band, Instant now)
    {
        if (machine is null || model is null) return CreateListingRefusal.MachineUnknown;
        if (command.GpuCount < 1 || command.GpuCount > machine.GpuCount) return CreateListingRefusal.GpuCountAboveMachine;
        if (command.Window.Start < now) return CreateListingRefusal.WindowInPast;
        if (command.Window.End > now + Horizon) return CreateListingRefusal.WindowBeyondHorizon;
        if (CheckTerms(command.Price, band, command.MinimumHours, command.Window) is { } terms) return terms;
        if (ClaimRules.Check(command.Claim, model) is { } claim) return Of(claim);
        if (schedule.IsFull) return CreateListingRefusal.TooManyListings;
        if (schedule.MostHeld(command.Window) + command.GpuCount > machine.GpuCount) return CreateListingRefusal.HoursTaken;
        return Draft(command, id, machine, now);
    }

    private static CreateListingRefusal? CheckTerms(PriceSchedule price, PriceRange? band, int minimumHours, HourWindow window) =>
        price.Lowest.MicrosPerGpuHour == 0 ? CreateListingRefusal.PriceZero
        : band?.Contains(price) == false ? CreateListingRefusal.PriceOutsideBand
        : minimumHours < 1 || minimumHours > window.Hours ? CreateListingRefusal.MinimumHoursOverWindow
        : null;

    private static CreateListingRefusal Of(ClaimRefusal refusal) => refusal switch
    {
        ClaimRefusal.Empty => CreateListingRefusal.ClaimEmpty,
        ClaimRefusal.NotProvable => CreateListingRefusal.ClaimNotProvable,
        ClaimRefusal.LooksSparse => CreateListingRefusal.ClaimLooksSparse,
        ClaimRefusal.AboveDatasheet => CreateListingRefusal.ClaimAboveDatasheet,
        _ => throw new InvariantException($"A claim was refused as {refusal}."),
    };

    private static Listing Draft(CreateListing command, ListingId id, Machine machine, Instant now) => new(
        id,
        command.Provider,
        machine.Id,
        machine.Identifier,
        machine.Book,
        command.GpuCount,
        command.Window,
        command.Price,
        command.MinimumHours,
        command.Claim,
        machine.Pue,
        machine.GridCarbonGramsPerKWh,
        ListingStatus.Draft,
        Failure: null,
        SuspensionReason: null,
        Proven: null,
        VerificationId: null,
        CertificateId: null,
        WasActive: false,
        now,
        Version: 1);
}
