using Marketplace.Api.Answers;
using Marketplace.Api.Auth;
using Marketplace.Api.OpenApi;
using Marketplace.Api.Problems;
using Marketplace.Client.Models;
using Marketplace.Registry.ResolveResource;
using Marketplace.Verification.Certificates;
using Marketplace.Verification.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketplace.Api.Verification;

/// <summary>What providers and everybody may read of verifications. What machines do is in <see cref="MachineVerificationEndpoints"/>.</summary>
internal static class VerificationEndpoints
{
    private const int MostTests = 100;

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
        group.MapGet("/resources/{identifier}/tests", ListTestsAsync)
            .AllowAnonymous()
            .Operates("listResourceTests", "Lists the newest tests of a registered machine, passed, failed or given up, with attempts and proven figures.")
            .Answers<ResourceTestsModel>()
            .Refuses(ProblemTypes.ResourceIdentifierMalformed, ProblemTypes.CheckCharacterWrong, ProblemTypes.NotFound);
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

    private static async Task<IResult> ListTestsAsync(
        string identifier, ResourceReader resources, VerificationReader verifications, CancellationToken cancellationToken)
    {
        switch (ResourceIdentifier.Read(identifier, out var id))
        {
            case ResourceIdentifierFault.Malformed: return ProblemTypes.ResourceIdentifierMalformed.With();
            case ResourceIdentifierFault.WrongCheckCharacter: return ProblemTypes.CheckCharacterWrong.With();
        }

        if (await resources.FindAsync(id, cancellationToken) is not { } resource) return Answer.NotFound();
        var ended = await verifications.ListEndedAsync(resource.Machine.Id, MostTests, cancellationToken);
        return Answer.Ok(new ResourceTestsModel([.. ended.Select(VerificationModels.ToTestModel)]));
    }

    private static IResult ListKeys(ICertificateSigner signer) =>
        Answer.Ok(new CertificateKeysModel([new CertificateKeyModel(signer.KeyId, Convert.ToBase64String(signer.PublicKey.Span))]));
}
