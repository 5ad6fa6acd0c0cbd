using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Marketplace.Client.Models;

namespace Marketplace.Client;

public sealed partial class MarketplaceClient
{
    /// <summary>Registers an organisation. Needs the scope <c>organisations:write</c>.</summary>
    public Task<OrganisationModel> RegisterOrganisationAsync(
        RegisterOrganisationRequest request, string idempotencyKey, CancellationToken cancellationToken = default) => CreateAsync(
            "/v1/organisations", request, RegistryJson.Default.RegisterOrganisationRequest, idempotencyKey, RegistryJson.Default.OrganisationModel, cancellationToken);

    /// <summary>Reads the caller's organisation, or any with the scope <c>organisations:write</c>.</summary>
    public Task<OrganisationModel> GetOrganisationAsync(string organisationId, CancellationToken cancellationToken = default) =>
        GetAsync($"/v1/organisations/{organisationId}", RegistryJson.Default.OrganisationModel, cancellationToken);

    /// <summary>Lists the classes of the catalogue.</summary>
    public Task<Page<GpuModelModel>> ListModelsAsync(CancellationToken cancellationToken = default) =>
        GetAsync("/v1/models", RegistryJson.Default.PageGpuModelModel, cancellationToken);

    /// <summary>Lists the hubs.</summary>
    public Task<Page<HubModel>> ListHubsAsync(CancellationToken cancellationToken = default) =>
        GetAsync("/v1/hubs", RegistryJson.Default.PageHubModel, cancellationToken);

    /// <summary>Registers a machine. Needs the scope <c>machines:write</c>.</summary>
    public Task<MachineModel> RegisterMachineAsync(RegisterMachineRequest request, string idempotencyKey, CancellationToken cancellationToken = default) =>
        CreateAsync("/v1/machines", request, RegistryJson.Default.RegisterMachineRequest, idempotencyKey, RegistryJson.Default.MachineModel, cancellationToken);

    /// <summary>Lists the caller's machines, newest first.</summary>
    public Task<Page<MachineModel>> ListMachinesAsync(int limit = 50, string? cursor = null, CancellationToken cancellationToken = default) =>
        GetAsync(Paged("/v1/machines", limit, cursor), RegistryJson.Default.PageMachineModel, cancellationToken);

    /// <summary>Reads a machine of the caller's.</summary>
    public Task<MachineModel> GetMachineAsync(string machineId, CancellationToken cancellationToken = default) =>
        GetAsync($"/v1/machines/{machineId}", RegistryJson.Default.MachineModel, cancellationToken);

    /// <summary>Asks for a one-time code for a machine. Needs the scope <c>machines:write</c>.</summary>
    public Task<EnrolmentCodeModel> IssueEnrolmentCodeAsync(string machineId, string idempotencyKey, CancellationToken cancellationToken = default) =>
        CreateAsync($"/v1/machines/{machineId}/enrolments", idempotencyKey, RegistryJson.Default.EnrolmentCodeModel, cancellationToken);

    /// <summary>Lists a machine's enrolments that are not revoked, newest first.</summary>
    public Task<Page<EnrolmentModel>> ListEnrolmentsAsync(string machineId, CancellationToken cancellationToken = default) =>
        GetAsync($"/v1/machines/{machineId}/enrolments", RegistryJson.Default.PageEnrolmentModel, cancellationToken);

    /// <summary>Revokes an enrolment and its key. Repeating it changes nothing. Needs the scope <c>machines:write</c>.</summary>
    public Task<EnrolmentModel> RevokeEnrolmentAsync(
        string machineId, string enrolmentId, string reason, CancellationToken cancellationToken = default) =>
        RevokeAsync($"/v1/machines/{machineId}/enrolments/{enrolmentId}/revocation", reason, cancellationToken);

    /// <summary>Revokes any machine's enrolment. Repeating it changes nothing. Needs the scope <c>operator</c>.</summary>
    public Task<EnrolmentModel> RevokeMachineKeyAsync(string enrolmentId, string reason, CancellationToken cancellationToken = default) =>
        RevokeAsync($"/v1/machine-keys/{enrolmentId}/revocation", reason, cancellationToken);

    /// <summary>
    /// Goes over to a new key. The same new key is answered again; the old key is good for 15 minutes more. Needs a token of the old key.
    /// </summary>
    /// <param name="oldKey">The present key.</param>
    /// <param name="enrolment">Its enrolment.</param>
    /// <param name="machine">The machine.</param>
    /// <param name="newPublicKey">The new key, ECDSA P-256 SubjectPublicKeyInfo, DER.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<MachineKeyModel> RotateKeyAsync(
        ECDsa oldKey, EnrolmentId enrolment, MachineId machine, byte[] newPublicKey, CancellationToken cancellationToken = default)
    {
        var signature = KeyRotationFormat.Sign(enrolment, machine, newPublicKey, oldKey);
        var request = new RotateKeyRequest(Convert.ToBase64String(newPublicKey), Convert.ToBase64String(signature));
        return CreateAsync(
            "/v1/machine/key-rotation", request, RegistryJson.Default.RotateKeyRequest, "rotate", RegistryJson.Default.MachineKeyModel, cancellationToken);
    }

    /// <summary>Enrols this machine's key with a one-time code. Needs no token.</summary>
    /// <param name="code">The code.</param>
    /// <param name="publicKey">ECDSA P-256 SubjectPublicKeyInfo, DER.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<MachineKeyModel> EnrolKeyAsync(string code, byte[] publicKey, CancellationToken cancellationToken = default)
    {
        var request = new EnrolKeyRequest(code, Convert.ToBase64String(publicKey));

        // The code itself makes a repetition harmless; the header only tells our own retries so.
        return CreateAsync("/v1/machine-keys", request, RegistryJson.Default.EnrolKeyRequest, "enrol", RegistryJson.Default.MachineKeyModel, cancellationToken);
    }

    /// <summary>Resolves a public identifier. Needs no token.</summary>
    public Task<ResourceModel> GetResourceAsync(string resourceIdentifier, CancellationToken cancellationToken = default) =>
        GetAsync($"/v1/resources/{Uri.EscapeDataString(resourceIdentifier)}", RegistryJson.Default.ResourceModel, cancellationToken);

    /// <summary>Drafts a listing. Needs the scope <c>listings:write</c>.</summary>
    public Task<ListingModel> CreateListingAsync(CreateListingRequest request, string idempotencyKey, CancellationToken cancellationToken = default) =>
        CreateAsync("/v1/listings", request, RegistryJson.Default.CreateListingRequest, idempotencyKey, RegistryJson.Default.ListingModel, cancellationToken);

    /// <summary>Lists the caller's listings, newest first.</summary>
    /// <param name="status">Only those with this status; null for all.</param>
    /// <param name="limit">1 to 200.</param>
    /// <param name="cursor">From the page before; null for the first.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<Page<ListingModel>> ListListingsAsync(
        string? status = null, int limit = 50, string? cursor = null, CancellationToken cancellationToken = default) => GetAsync(
            WithQuery("/v1/listings", ("status", status), ("limit", limit.ToString(CultureInfo.InvariantCulture)), ("cursor", cursor)),
            RegistryJson.Default.PageListingModel,
            cancellationToken);

    /// <summary>Reads a listing of the caller's.</summary>
    /// <param name="listingId">The listing.</param>
    /// <param name="waitSeconds">How long to wait while it is pending, 0 to 30.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ListingModel> GetListingAsync(string listingId, int waitSeconds = 0, CancellationToken cancellationToken = default) => SendAsync(
        HttpMethod.Get,
        $"/v1/listings/{listingId}",
        null,
        headers => headers.Add("Prefer", string.Create(CultureInfo.InvariantCulture, $"wait={waitSeconds}")),
        RegistryJson.Default.ListingModel,
        cancellationToken);

    /// <summary>Corrects a listing that is not offered. Needs the scope <c>listings:write</c>.</summary>
    /// <param name="listingId">The listing.</param>
    /// <param name="version">The version that is corrected.</param>
    /// <param name="request">What changes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ListingModel> ReviseListingAsync(
        string listingId, int version, ReviseListingRequest request, CancellationToken cancellationToken = default) => SendAsync(
            HttpMethod.Patch,
            $"/v1/listings/{listingId}",
            () => JsonContent.Create(request, RegistryJson.Default.ReviseListingRequest),
            headers => headers.Add("If-Match", string.Create(CultureInfo.InvariantCulture, $"\"{version}\"")),
            RegistryJson.Default.ListingModel,
            cancellationToken);

    /// <summary>Submits a listing for verification. Needs the scope <c>listings:write</c>.</summary>
    public Task<ListingModel> SubmitListingAsync(string listingId, string idempotencyKey, CancellationToken cancellationToken = default) =>
        CreateAsync($"/v1/listings/{listingId}/submission", idempotencyKey, RegistryJson.Default.ListingModel, cancellationToken);

    /// <summary>Withdraws a listing; trades stand. Needs the scope <c>listings:write</c>.</summary>
    public Task<ListingModel> WithdrawListingAsync(string listingId, string idempotencyKey, CancellationToken cancellationToken = default) =>
        CreateAsync($"/v1/listings/{listingId}/withdrawal", idempotencyKey, RegistryJson.Default.ListingModel, cancellationToken);

    /// <summary>Lists what is offered now. Needs no token.</summary>
    /// <param name="hubId">Only of this hub; null for all.</param>
    /// <param name="modelId">Only of this class; null for all.</param>
    /// <param name="limit">1 to 200.</param>
    /// <param name="cursor">From the page before; null for the first.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<Page<OfferModel>> ListOffersAsync(
        string? hubId = null, string? modelId = null, int limit = 50, string? cursor = null, CancellationToken cancellationToken = default) => GetAsync(
            WithQuery("/v1/offers", ("hub", hubId), ("model", modelId), ("limit", limit.ToString(CultureInfo.InvariantCulture)), ("cursor", cursor)),
            RegistryJson.Default.PageOfferModel,
            cancellationToken);

    private Task<EnrolmentModel> RevokeAsync(string path, string reason, CancellationToken cancellationToken) => CreateAsync(
        path, new RevokeEnrolmentRequest(reason), RegistryJson.Default.RevokeEnrolmentRequest, "revoke", RegistryJson.Default.EnrolmentModel, cancellationToken);

    private static string Paged(string path, int limit, string? cursor) =>
        WithQuery(path, ("limit", limit.ToString(CultureInfo.InvariantCulture)), ("cursor", cursor));
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RegisterOrganisationRequest))]
[JsonSerializable(typeof(OrganisationModel))]
[JsonSerializable(typeof(Page<GpuModelModel>))]
[JsonSerializable(typeof(Page<HubModel>))]
[JsonSerializable(typeof(RegisterMachineRequest))]
[JsonSerializable(typeof(Page<MachineModel>))]
[JsonSerializable(typeof(EnrolmentCodeModel))]
[JsonSerializable(typeof(Page<EnrolmentModel>))]
[JsonSerializable(typeof(EnrolKeyRequest))]
[JsonSerializable(typeof(RevokeEnrolmentRequest))]
[JsonSerializable(typeof(RotateKeyRequest))]
[JsonSerializable(typeof(MachineKeyModel))]
[JsonSerializable(typeof(ResourceModel))]
[JsonSerializable(typeof(CreateListingRequest))]
[JsonSerializable(typeof(ReviseListingRequest))]
[JsonSerializable(typeof(Page<ListingModel>))]
[JsonSerializable(typeof(Page<OfferModel>))]
internal sealed partial class RegistryJson : JsonSerializerContext;
