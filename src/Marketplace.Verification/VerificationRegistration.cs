using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Verification.Certificates;
using Marketplace.Verification.ExpireVerification;
using Marketplace.Verification.IndexVerification;
using Marketplace.Verification.RequestVerification;
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
        services.AddSingleton<VerificationReader>();
        services.AddScoped<StartVerificationHandler>();
        services.AddScoped<SubmitRootsHandler>();
        services.AddScoped<SubmitOpeningsHandler>();
        services.AddMessageHandler<Contracts.RequestVerification, RequestVerificationHandler>(Queues.Verification, m => m.MachineId.ToString());
        services.AddMessageHandler<VerificationDue, VerificationDueHandler>(Queues.Verification, m => "due " + m.VerificationId);
        services.AddMessageHandler<CertificateIssued, CertificateIssuedHandler>(Queues.Verification, m => m.Certificate.Id.ToString());
        services.AddMessageHandler<VerificationOpened, VerificationOpenedHandler>(Queues.Projections, m => m.Provider.ToString());
        return services;
    }
}
