using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Marketplace.Client.Models;

namespace Marketplace.Client;

public sealed partial class MarketplaceClient
{
    /// <summary>Reads a lease that the caller buys or provides.</summary>
    public Task<LeaseModel> GetLeaseAsync(string leaseId, CancellationToken cancellationToken = default) =>
        GetAsync($"/v1/leases/{leaseId}", LeasingJson.Default.LeaseModel, cancellationToken);

    /// <summary>Lists the leases that the caller buys or provides, newest first.</summary>
    public Task<Page<LeaseModel>> ListLeasesAsync(int limit = 50, string? cursor = null, CancellationToken cancellationToken = default) => GetAsync(
        WithQuery("/v1/leases", ("limit", limit.ToString(CultureInfo.InvariantCulture)), ("cursor", cursor)),
        LeasingJson.Default.PageLeaseModel,
        cancellationToken);

    /// <summary>Gives a lease up. Needs the scope <c>leases:write</c>. Asking again gives the first answer.</summary>
    public Task<LeaseModel> TerminateLeaseAsync(string leaseId, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, $"/v1/leases/{leaseId}/termination", null, Keyed("termination"), LeasingJson.Default.LeaseModel, cancellationToken);

    /// <summary>Reports that a lease's machine failed. Needs the scope <c>leases:write</c>, or <c>operator</c>. Asking again gives the first answer.</summary>
    public Task<LeaseModel> FailLeaseAsync(string leaseId, FailLeaseRequest request, CancellationToken cancellationToken = default) => SendAsync(
        HttpMethod.Post,
        $"/v1/leases/{leaseId}/failure",
        () => JsonContent.Create(request, LeasingJson.Default.FailLeaseRequest),
        Keyed("failure"),
        LeasingJson.Default.LeaseModel,
        cancellationToken);

    /// <summary>Offers hours of a lease that the caller bought. Needs the scope <c>leases:write</c>.</summary>
    public Task<ResaleModel> ResellHoursAsync(
        string leaseId, ResellHoursRequest request, string idempotencyKey, CancellationToken cancellationToken = default) => SendAsync(
            HttpMethod.Post,
            $"/v1/leases/{leaseId}/resale",
            () => JsonContent.Create(request, LeasingJson.Default.ResellHoursRequest),
            Keyed(idempotencyKey),
            LeasingJson.Default.ResaleModel,
            cancellationToken);

    /// <summary>Reads the present or last offer of hours of a lease that the caller bought.</summary>
    public Task<ResaleModel> GetResaleAsync(string leaseId, CancellationToken cancellationToken = default) =>
        GetAsync($"/v1/leases/{leaseId}/resale", LeasingJson.Default.ResaleModel, cancellationToken);

    /// <summary>Stops offering hours of a lease. Needs the scope <c>leases:write</c>. Asking again changes nothing.</summary>
    /// <param name="leaseId">The lease.</param>
    /// <param name="waitSeconds">How long to wait until the book has closed the offer, at most 30; 0 answers at once.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ResaleModel> StopResaleAsync(string leaseId, int waitSeconds = 0, CancellationToken cancellationToken = default) => SendAsync(
        HttpMethod.Post,
        $"/v1/leases/{leaseId}/resale/cancellation",
        null,
        headers =>
        {
            Keyed("cancellation")(headers);
            if (waitSeconds > 0) headers.Add("Prefer", $"wait={waitSeconds.ToString(CultureInfo.InvariantCulture)}");
        },
        LeasingJson.Default.ResaleModel,
        cancellationToken);

    /// <summary>The leases that this machine has to meter. Needs a machine's token.</summary>
    public Task<MachineLeasesModel> ListMachineLeasesAsync(CancellationToken cancellationToken = default) =>
        GetAsync("/v1/machine/leases", LeasingJson.Default.MachineLeasesModel, cancellationToken);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Page<LeaseModel>))]
[JsonSerializable(typeof(FailLeaseRequest))]
[JsonSerializable(typeof(ResellHoursRequest))]
[JsonSerializable(typeof(ResaleModel))]
[JsonSerializable(typeof(MachineLeasesModel))]
internal sealed partial class LeasingJson : JsonSerializerContext;
