using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Work;
using Marketplace.Verification.Sessions;

namespace Marketplace.Verification.Certificates;

/// <summary>A session has passed. Internal to this module.</summary>
internal sealed record CertificateIssued(Certificate Certificate, VerificationCompleted Completed) : IMessage
{
    public static string MessageType => "verification.certificate-issued.v1";
}

/// <summary>Publishes the certificate under its id and, in the same commit, tells that the verification is complete.</summary>
internal sealed class CertificateIssuedHandler(Workspace workspace) : IMessageHandler<CertificateIssued>
{
    public Task HandleAsync(CertificateIssued message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(
            VerificationRows.Of(message.Certificate.Id),
            context,
            work =>
            {
                work.Put(VerificationRows.Certificate, message.Certificate);
                work.Send(message.Completed);
                return Task.CompletedTask;
            },
            cancellationToken);
}
