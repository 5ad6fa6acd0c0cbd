using Marketplace.Contracts;
using Marketplace.Registry.ApplyRecheck;
using Marketplace.Registry.CompleteVerification;
using Marketplace.Registry.CreateListing;
using Marketplace.Registry.Data;
using Marketplace.Registry.Directory;
using Marketplace.Registry.EnrolKey;
using Marketplace.Registry.Enrolments;
using Marketplace.Registry.ExpireListing;
using Marketplace.Registry.IssueEnrolmentCode;
using Marketplace.Registry.Listings;
using Marketplace.Registry.Machines;
using Marketplace.Registry.Organisations;
using Marketplace.Registry.RegisterMachine;
using Marketplace.Registry.RegisterOrganisation;
using Marketplace.Registry.ResolveResource;
using Marketplace.Registry.ReviseListing;
using Marketplace.Registry.RevokeKey;
using Marketplace.Registry.RotateKey;
using Marketplace.Registry.SubmitListing;
using Marketplace.Registry.SuspendListing;
using Marketplace.Registry.WithdrawListing;
using Marketplace.Runtime.Messages;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Registry;

/// <summary>Registration of the registry.</summary>
public static class RegistryRegistration
{
    /// <summary>The registry's use cases, reads, message handlers and the ports it offers to other modules.</summary>
    public static IServiceCollection AddRegistry(this IServiceCollection services) =>
        services.AddReads().AddUseCases().AddHandlers();

    private static IServiceCollection AddReads(this IServiceCollection services) => services
        .AddSingleton<ICatalogue, Catalogue>()
        .AddSingleton<OrganisationReader>()
        .AddSingleton<IOrganisationNames>(provider => provider.GetRequiredService<OrganisationReader>())
        .AddSingleton<MachineReader>()
        .AddSingleton<ListingReader>()
        .AddSingleton<ResourceReader>()
        .AddSingleton<DirectoryReader>()
        .AddSingleton<EnrolmentReader>()
        .AddSingleton<IMachineKeys>(provider => provider.GetRequiredService<EnrolmentReader>());

    private static IServiceCollection AddUseCases(this IServiceCollection services) => services
        .AddSingleton<RegisterOrganisationHandler>()
        .AddSingleton<RegisterMachineHandler>()
        .AddSingleton<IssueEnrolmentCodeHandler>()
        .AddSingleton<EnrolKeyHandler>()
        .AddSingleton<RotateKeyHandler>()
        .AddSingleton<RevokeKeyHandler>()
        .AddSingleton<CreateListingHandler>()
        .AddSingleton<ReviseListingHandler>()
        .AddSingleton<SubmitListingHandler>()
        .AddSingleton<WithdrawListingHandler>();

    private static IServiceCollection AddHandlers(this IServiceCollection services) => services
        .AddMessageHandler<VerificationCompleted, VerificationCompletedHandler>(Queues.Registry, message => message.Provider.ToString())
        .AddMessageHandler<Contracts.SuspendListing, SuspendListingHandler>(Queues.Registry, message => message.Provider.ToString())
        .AddMessageHandler<ExpireListing.ExpireListing, ExpireListingHandler>(Queues.Registry, message => message.Provider.ToString())
        .AddMessageHandler<MachineRechecked, MachineRecheckedHandler>(Queues.Registry, message => message.Provider.ToString())
        .AddMessageHandler<ContinueRecheck, MachineRecheckedHandler>(Queues.Registry, message => message.Verdict.Provider.ToString())
        .AddMessageHandler<ListingRenewed, DirectoryWriter>(Queues.Projections, message => DirectorySession(message.Book))
        .AddMessageHandler<AdmitKey, AdmitKeyHandler>(Queues.Registry, message => message.Old.Id.ToString())
        .AddMessageHandler<RevokeSuccessor, RevokeSuccessorHandler>(Queues.Registry, message => message.Old.Id.ToString())
        .AddMessageHandler<KeyRevoked, KeyRevokedHandler>(Queues.Registry, message => message.Provider.ToString())
        .AddMessageHandler<ListingActivated, DirectoryWriter>(Queues.Projections, message => DirectorySession(message.Book))
        .AddMessageHandler<ListingClosed, DirectoryWriter>(Queues.Projections, message => DirectorySession(message.Book));

    private static string DirectorySession(BookKey book) => RegistryRows.Directory(book).ToString();
}
