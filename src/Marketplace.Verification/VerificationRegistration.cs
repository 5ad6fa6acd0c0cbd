using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Work;
using Marketplace.Verification.Certificates;
using Marketplace.Verification.ExpireVerification;
using Marketplace.Verification.IndexVerification;
using Marketplace.Verification.RequestVerification;
using Marketplace.Verification.Reverification;
using Marketplace.Verification.Sessions;
using Marketplace.Verification.StartVerification;
using Marketplace.Verification.SubmitOpenings;
using Marketplace.Verification.SubmitRoots;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Verification;

/// <summary>Registration of the module. The host registers an <see cref="ICertificateSigner"/>.</summary>
public static class VerificationRegistration
{
    /// <summary>Adds use cases, readers and message handlers.</summary>
    public static IServiceCollection AddVerification(this IServiceCollection services)
    {
        services.AddReverification();
        services.AddScoped<StartVerificationHandler>();
        services.AddScoped<SubmitRootsHandler>();
        services.AddScoped<SubmitOpeningsHandler>();
        services.AddMessageHandler<Contracts.RequestVerification, RequestVerificationHandler>(Queues.Verification, m => m.MachineId.ToString());
        services.AddMessageHandler<VerificationDue, VerificationDueHandler>(Queues.Verification, m => "due " + m.VerificationId);
        services.AddMessageHandler<CertificateIssued, CertificateIssuedHandler>(Queues.Verification, m => m.Certificate.Id.ToString());
        services.AddMessageHandler<SettleRecheck, SettleRecheckHandler>(Queues.Verification, m => m.MachineId.ToString());
        services.AddMessageHandler<VerificationOpened, VerificationOpenedHandler>(Queues.Projections, m => m.Provider.ToString());
        return services;
    }

    /// <summary>
    /// Adds what decides when machines are verified again and what comes of it, without the sessions: those may be played by others. Needs
    /// <see cref="IMachineLeases"/> and <see cref="ICatalogue"/>.
    /// </summary>
    public static IServiceCollection AddReverification(this IServiceCollection services)
    {
        services.AddOptions<RecheckOptions>();
        services.AddSingleton<VerificationReader>();
        services.AddSingleton<RecheckReader>();
        services.AddSingleton<IOpenRechecks>(provider => provider.GetRequiredService<RecheckReader>());
        services.AddSingleton<WindowOpening>();
        services.AddSingleton(provider => new OrderRecheck(provider.GetRequiredService<Workspace>(), provider.GetRequiredService<WindowOpening>()));
        services.AddMessageHandler<ListingActivated, WatchListings>(Queues.Verification, m => m.Provider.ToString());
        services.AddMessageHandler<ListingClosed, WatchListings>(Queues.Verification, m => m.Provider?.ToString() ?? m.ListingId.ToString());
        services.AddMessageHandler<DrawRecheck, DrawRecheckHandlers>(Queues.Verification, m => m.Provider.ToString());
        services.AddMessageHandler<CertificateDue, DrawRecheckHandlers>(Queues.Verification, m => m.Provider.ToString());
        services.AddMessageHandler<RecheckAnswered, DecideWindow>(Queues.Verification, m => m.Provider.ToString());
        services.AddMessageHandler<CloseWindow, DecideWindow>(Queues.Verification, m => m.Provider.ToString());
        services.AddMessageHandler<TellVerdicts, DecideWindow>(Queues.Verification, m => m.Provider.ToString());
        return services;
    }
}
