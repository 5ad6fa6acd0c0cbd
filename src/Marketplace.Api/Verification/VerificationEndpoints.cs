using Marketplace.Api.Answers;
using Marketplace.Api.Auth;
using Marketplace.Api.OpenApi;
using Marketplace.Api.Problems;
using Marketplace.Client.Models;
using Marketplace.Verification.Certificates;
using Marketplace.Verification.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketplace.Api.Verification;

/// <summary>What providers and everybody may read of verifications. What machines do is in <see cref="MachineVerificationEndpoints"/>.</summary>
internal static class VerificationEndpoints
{
    public static void MapVerifications(this IEndpointRouteBuilder v1)
    {
        var group = v1.MapGroup("").WithTags("Verification");
        group.MapGet("/verifications/{verificationId}", ReadAsync)
            .RequireToken()
            .Operates("getVerification", "Reads a verification of one of the organisation's machines.")
            .Answers<VerificationModel>()
            .Refuses(ProblemTypes.NotFound);
        group.MapGet("/certificates/{certificateId}", ReadCertificateAsync)
            .AllowAnonymous()
            .Operates("getCertificate", "Reads a certificate of proven capacity, with all that is needed to replay the proof.")
            .Answers<CertificateModel>()
            .Refuses(ProblemTypes.NotFound);
        group.MapGet("/certificate-keys", ListKeys)
            .AllowAnonymous()
            .Operates("listCertificateKeys", "Lists the keys that certificates are signed with.")
            .Answers<CertificateKeysModel>();
        v1.MapMachineVerifications();
        v1.MapRechecks();
    }

    private static async Task<IResult> ReadAsync(
        string verificationId, OrganisationCaller caller, VerificationReader reader, CancellationToken cancellationToken) =>
        VerificationId.TryParse(verificationId, out var id)
            ? Answer.OkOrNotFound((await reader.FindAsync(caller.OrganisationId, id, cancellationToken))?.ToModel())
            : Answer.NotFound();

    private static async Task<IResult> ReadCertificateAsync(string certificateId, VerificationReader reader, CancellationToken cancellationToken) =>
        CertificateId.TryParse(certificateId, out var id)
            ? Answer.OkOrNotFound((await reader.FindAsync(id, cancellationToken))?.ToModel())
            : Answer.NotFound();

    private static IResult ListKeys(ICertificateSigner signer) =>
        Answer.Ok(new CertificateKeysModel([new CertificateKeyModel(signer.KeyId, Convert.ToBase64String(signer.PublicKey.Span))]));
}
