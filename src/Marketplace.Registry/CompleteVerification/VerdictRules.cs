using Marketplace.Contracts;
using Marketplace.Registry.Listings;
using NodaTime;

namespace Marketplace.Registry.CompleteVerification;

/// <summary>Decides what a verdict makes of a listing. This is the only way to become active.</summary>
public static class VerdictRules
{
    /// <summary>The listing after the verdict; null where the verdict is not the one it waits for.</summary>
    public static ListingChange? Apply(Listing? listing, VerificationCompleted verdict, Instant now)
    {
        if (listing is not { Status: ListingStatus.PendingVerification } || listing.VerificationId != verdict.VerificationId) return null;
        if (verdict.Claim != listing.Claim) throw new InvariantException($"{verdict.VerificationId} is about another claim than {listing.Id} makes.");
        if (!verdict.Passed)
        {
            return new ListingChange(listing.Become(ListingStatus.Rejected) with { Failure = verdict.Failure, Proven = verdict.Proven });
        }

        var proven = verdict.Proven ?? throw new InvariantException($"{verdict.VerificationId} passed and proved nothing.");
        var certificate = verdict.CertificateId ?? throw new InvariantException($"{verdict.VerificationId} passed without a certificate.");
        if (now >= listing.Window.End) return new ListingChange(listing.Become(ListingStatus.Expired) with { Proven = proven, CertificateId = certificate });
        var active = listing.Become(ListingStatus.Active) with { Proven = proven, CertificateId = certificate, WasActive = true };
        return new ListingChange(active, Activated: new ListingActivated(
            active.Id,
            active.Provider,
            active.MachineId,
            active.Identifier.ToString(),
            active.Book,
            active.GpuCount,
            active.Window,
            active.Price,
            active.MinimumHours,
            proven,
            certificate,
            active.Pue,
            active.GridCarbonGramsPerKWh,
            now,
            active.Claim,
            verdict.CompletedAt));
    }
}
