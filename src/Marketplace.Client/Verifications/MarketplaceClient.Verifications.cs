using System.Text.Json;
using System.Text.Json.Serialization;
using Marketplace.Client.Models;

namespace Marketplace.Client;

public sealed partial class MarketplaceClient
{
    /// <summary>A provider's verification.</summary>
    public Task<VerificationModel> GetVerificationAsync(string verificationId, CancellationToken cancellationToken = default) =>
        GetAsync($"/v1/verifications/{verificationId}", VerificationsJson.Default.VerificationModel, cancellationToken);

    /// <summary>What this machine has to prove. Needs a machine's token.</summary>
    public Task<OpenVerificationsModel> ListMachineVerificationsAsync(CancellationToken cancellationToken = default) =>
        GetAsync("/v1/machine/verifications", VerificationsJson.Default.OpenVerificationsModel, cancellationToken);

    /// <summary>One of this machine's verifications, ended or not. Needs a machine's token.</summary>
    public Task<VerificationModel> GetMachineVerificationAsync(string verificationId, CancellationToken cancellationToken = default) =>
        GetAsync($"/v1/machine/verifications/{verificationId}", VerificationsJson.Default.VerificationModel, cancellationToken);

    /// <summary>Takes the seeds. The same attempt gets the same seeds again, so it may be repeated. Needs a machine's token.</summary>
    public Task<StartedVerificationModel> StartVerificationAsync(string verificationId, int part, int attempt, CancellationToken cancellationToken = default) =>
        CreateAsync(
            $"/v1/verifications/{verificationId}/parts/{part}/start",
            new StartVerificationRequest(attempt),
            VerificationsJson.Default.StartVerificationRequest,
            $"start-{part}-{attempt}",
            VerificationsJson.Default.StartedVerificationModel,
            cancellationToken);

    /// <summary>Hands in the roots. The same roots get the same units again. Needs a machine's token.</summary>
    public Task<ChallengeModel> SubmitRootsAsync(string verificationId, int part, SubmitRootsRequest roots, CancellationToken cancellationToken = default) =>
        CreateAsync(
            $"/v1/verifications/{verificationId}/parts/{part}/roots",
            roots,
            VerificationsJson.Default.SubmitRootsRequest,
            $"roots-{part}",
            VerificationsJson.Default.ChallengeModel,
            cancellationToken);

    /// <summary>Opens the drawn units and gives the verdict. The same openings get the same verdict again. Needs a machine's token.</summary>
    public Task<VerificationModel> SubmitOpeningsAsync(string verificationId, int part, SubmitOpeningsRequest openings, CancellationToken cancellationToken = default) =>
        CreateAsync(
            $"/v1/verifications/{verificationId}/parts/{part}/openings",
            openings,
            VerificationsJson.Default.SubmitOpeningsRequest,
            $"openings-{part}",
            VerificationsJson.Default.VerificationModel,
            cancellationToken);

    /// <summary>A certificate. Needs no token.</summary>
    public Task<CertificateModel> GetCertificateAsync(string certificateId, CancellationToken cancellationToken = default) =>
        GetAsync($"/v1/certificates/{certificateId}", VerificationsJson.Default.CertificateModel, cancellationToken);

    /// <summary>The newest tests of a registered machine. Needs no token.</summary>
    public Task<ResourceTestsModel> ListResourceTestsAsync(string resourceIdentifier, CancellationToken cancellationToken = default) =>
        GetAsync($"/v1/resources/{Uri.EscapeDataString(resourceIdentifier)}/tests", VerificationsJson.Default.ResourceTestsModel, cancellationToken);

    /// <summary>The keys that certificates are signed with. Needs no token.</summary>
    public Task<CertificateKeysModel> ListCertificateKeysAsync(CancellationToken cancellationToken = default) =>
        GetAsync("/v1/certificate-keys", VerificationsJson.Default.CertificateKeysModel, cancellationToken);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(VerificationModel))]
[JsonSerializable(typeof(OpenVerificationsModel))]
[JsonSerializable(typeof(StartVerificationRequest))]
[JsonSerializable(typeof(StartedVerificationModel))]
[JsonSerializable(typeof(SubmitRootsRequest))]
[JsonSerializable(typeof(ChallengeModel))]
[JsonSerializable(typeof(SubmitOpeningsRequest))]
[JsonSerializable(typeof(CertificateModel))]
[JsonSerializable(typeof(CertificateKeysModel))]
[JsonSerializable(typeof(ResourceTestsModel))]
internal sealed partial class VerificationsJson : JsonSerializerContext;
