using Marketplace.Api.Problems;
using Marketplace.Registry.CreateListing;
using Marketplace.Registry.EnrolKey;
using Marketplace.Registry.IssueEnrolmentCode;
using Marketplace.Registry.RegisterMachine;
using Marketplace.Registry.RegisterOrganisation;
using Marketplace.Registry.ReviseListing;
using Marketplace.Registry.RevokeKey;
using Marketplace.Registry.RotateKey;
using Marketplace.Registry.SubmitListing;
using Marketplace.Registry.WithdrawListing;

namespace Marketplace.Api.Registry;

/// <summary>The registry's refusals as problems, one to one.</summary>
internal static class RegistryProblems
{
    public static ApiProblem Of(RegisterOrganisationRefusal refusal) => TypeOf(refusal).With();

    public static ApiProblem Of(RegisterMachineRefusal refusal) => TypeOf(refusal).With();

    public static ApiProblem Of(IssueEnrolmentCodeRefusal refusal) => TypeOf(refusal).With();

    public static ApiProblem Of(EnrolKeyRefusal refusal) => TypeOf(refusal).With();

    public static ApiProblem Of(RevokeKeyRefusal refusal) => TypeOf(refusal).With();

    public static ApiProblem Of(RotateKeyRefusal refusal) => TypeOf(refusal).With();

    public static ApiProblem Of(CreateListingRefusal refusal) => TypeOf(refusal).With();

    public static ApiProblem Of(ReviseListingRefusal refusal) => TypeOf(refusal).With();

    public static ApiProblem Of(SubmitListingRefusal refusal) => TypeOf(refusal).With();

    public static ApiProblem Of(WithdrawListingRefusal refusal) => TypeOf(refusal).With();

    private static ProblemType TypeOf(RegisterOrganisationRefusal refusal) => refusal switch
    {
        RegisterOrganisationRefusal.NameMalformed => ProblemTypes.NameMalformed,
        RegisterOrganisationRefusal.EmailMalformed => ProblemTypes.EmailMalformed,
        RegisterOrganisationRefusal.CountryMalformed => ProblemTypes.CountryMalformed,
        RegisterOrganisationRefusal.NoRole => ProblemTypes.RoleRequired,
    };

    private static ProblemType TypeOf(RegisterMachineRefusal refusal) => refusal switch
    {
        RegisterMachineRefusal.NotAProvider => ProblemTypes.NotAProvider,
        RegisterMachineRefusal.NameMalformed => ProblemTypes.NameMalformed,
        RegisterMachineRefusal.HubUnknown => ProblemTypes.HubUnknown,
        RegisterMachineRefusal.ClusterUnknown => ProblemTypes.ClusterUnknown,
        RegisterMachineRefusal.ModelUnknown => ProblemTypes.ModelUnknown,
        RegisterMachineRefusal.GpuCountOutOfRange => ProblemTypes.GpuCountOutOfRange,
        RegisterMachineRefusal.CpuMachineIsOneUnit => ProblemTypes.CpuMachineIsOneUnit,
        RegisterMachineRefusal.HostOutOfRange => ProblemTypes.HostOutOfRange,
        RegisterMachineRefusal.PueOutOfRange => ProblemTypes.PueOutOfRange,
        RegisterMachineRefusal.GridCarbonOutOfRange => ProblemTypes.GridCarbonOutOfRange,
        RegisterMachineRefusal.HubFull => ProblemTypes.HubFull,
    };

    private static ProblemType TypeOf(IssueEnrolmentCodeRefusal refusal) => refusal switch
    {
        IssueEnrolmentCodeRefusal.MachineUnknown => ProblemTypes.NotFound,
        IssueEnrolmentCodeRefusal.TooManyEnrolments => ProblemTypes.TooManyEnrolments,
    };

    private static ProblemType TypeOf(EnrolKeyRefusal refusal) => refusal switch
    {
        EnrolKeyRefusal.PublicKeyInvalid => ProblemTypes.PublicKeyInvalid,
        EnrolKeyRefusal.CodeInvalid => ProblemTypes.CodeInvalid,
        EnrolKeyRefusal.EnrolmentRevoked => ProblemTypes.EnrolmentRevoked,
        EnrolKeyRefusal.CodeUsed => ProblemTypes.CodeUsed,
        EnrolKeyRefusal.CodeExpired => ProblemTypes.CodeExpired,
    };

    private static ProblemType TypeOf(RevokeKeyRefusal refusal) => refusal switch
    {
        RevokeKeyRefusal.EnrolmentUnknown => ProblemTypes.NotFound,
    };

    private static ProblemType TypeOf(RotateKeyRefusal refusal) => refusal switch
    {
        RotateKeyRefusal.PublicKeyInvalid => ProblemTypes.PublicKeyInvalid,
        RotateKeyRefusal.KeyMayNotSign => ProblemTypes.KeyMayNotSign,
        RotateKeyRefusal.PublicKeyUnchanged => ProblemTypes.PublicKeyUnchanged,
        RotateKeyRefusal.SignatureInvalid => ProblemTypes.RotationSignatureInvalid,
        RotateKeyRefusal.RotatedToAnotherKey => ProblemTypes.RotatedToAnotherKey,
    };

    private static ProblemType TypeOf(CreateListingRefusal refusal) => refusal switch
    {
        CreateListingRefusal.MachineUnknown => ProblemTypes.MachineUnknown,
        CreateListingRefusal.GpuCountAboveMachine => ProblemTypes.GpuCountAboveMachine,
        CreateListingRefusal.WindowInPast => ProblemTypes.ListingWindowInPast,
        CreateListingRefusal.WindowBeyondHorizon => ProblemTypes.ListingWindowBeyondHorizon,
        CreateListingRefusal.PriceZero => ProblemTypes.PriceZero,
        CreateListingRefusal.PriceOutsideBand => ProblemTypes.PriceOutsideBand,
        CreateListingRefusal.MinimumHoursOverWindow => ProblemTypes.MinimumHoursOverWindow,
        CreateListingRefusal.ClaimEmpty => ProblemTypes.ClaimEmpty,
        CreateListingRefusal.ClaimNotProvable => ProblemTypes.ClaimNotProvable,
        CreateListingRefusal.ClaimLooksSparse => ProblemTypes.ClaimLooksSparse,
        CreateListingRefusal.ClaimAboveDatasheet => ProblemTypes.ClaimAboveDatasheet,
        CreateListingRefusal.TooManyListings => ProblemTypes.TooManyListings,
        CreateListingRefusal.HoursTaken => ProblemTypes.HoursTaken,
    };

    private static ProblemType TypeOf(ReviseListingRefusal refusal) => refusal switch
    {
        ReviseListingRefusal.ListingUnknown => ProblemTypes.NotFound,
        ReviseListingRefusal.VersionStale => ProblemTypes.Stale,
        ReviseListingRefusal.WrongState => ProblemTypes.WrongListingStatus,
        ReviseListingRefusal.PriceZero => ProblemTypes.PriceZero,
        ReviseListingRefusal.CurrencyChanged => ProblemTypes.CurrencyChanged,
        ReviseListingRefusal.PriceOutsideBand => ProblemTypes.PriceOutsideBand,
        ReviseListingRefusal.MinimumHoursOverWindow => ProblemTypes.MinimumHoursOverWindow,
        ReviseListingRefusal.ClaimEmpty => ProblemTypes.ClaimEmpty,
        ReviseListingRefusal.ClaimNotProvable => ProblemTypes.ClaimNotProvable,
        ReviseListingRefusal.ClaimLooksSparse => ProblemTypes.ClaimLooksSparse,
        ReviseListingRefusal.ClaimAboveDatasheet => ProblemTypes.ClaimAboveDatasheet,
    };

    private static ProblemType TypeOf(SubmitListingRefusal refusal) => refusal switch
    {
        SubmitListingRefusal.ListingUnknown => ProblemTypes.NotFound,
        SubmitListingRefusal.WrongState => ProblemTypes.WrongListingStatus,
        SubmitListingRefusal.WindowOver => ProblemTypes.ListingWindowOver,
        SubmitListingRefusal.NoEnrolledKey => ProblemTypes.NoEnrolledKey,
    };

    private static ProblemType TypeOf(WithdrawListingRefusal refusal) => refusal switch
    {
        WithdrawListingRefusal.ListingUnknown => ProblemTypes.NotFound,
        WithdrawListingRefusal.WrongState => ProblemTypes.WrongListingStatus,
    };
}
