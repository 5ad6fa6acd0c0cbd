using System.Globalization;
using Marketplace.Api.Answers;
using Marketplace.Api.Auth;
using Marketplace.Api.OpenApi;
using Marketplace.Api.Problems;
using Marketplace.Api.Requests;
using Marketplace.Client.Models;
using Marketplace.Metering;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketplace.Api.Metering;

/// <summary>The keys and countersignatures of the buyer's side, and the batches that it countersigns.</summary>
internal static class CountersigningEndpoints
{
    private const int MaxKeyBytes = 1024;

    /// <summary>A batch may hold 1,000 readings.</summary>
    private const int MaxBatchesPerPage = 10;

    public static void MapCountersigning(this IEndpointRouteBuilder v1)
    {
        var keys = v1.MapGroup("/countersigning-keys").WithTags("Usage");
        keys.MapPost("", RegisterAsync).RequireScope(Scopes.LeasesWrite)
            .Operates("registerCountersigningKey", "Registers a key with which the buyer countersigns readings, of one lease or of all.")
            .Answers<CountersigningKeyModel>(StatusCodes.Status201Created)
            .Refuses(ProblemTypes.NotFound, ProblemTypes.PublicKeyInvalid, ProblemTypes.IdempotencyKeyReused);
        keys.MapGet("", ListAsync).RequireToken()
            .Operates("listCountersigningKeys", "Lists the organisation's countersigning keys, oldest first, revoked ones too.")
            .Answers<Page<CountersigningKeyModel>>();
        keys.MapDelete("/{keyId}", RevokeAsync).RequireScope(Scopes.LeasesWrite)
            .Operates("revokeCountersigningKey", "Revokes a countersigning key; what it signed before stands. Again, it changes nothing.")
            .Answers<CountersigningKeyModel>()
            .Refuses(ProblemTypes.NotFound);

        var batches = v1.MapGroup("/leases/{leaseId}/reading-batches").WithTags("Usage");
        batches.MapGet("", ListBatchesAsync).RequireToken()
            .Operates("listReadingBatches", "Lists a lease's batches of readings as they were signed, to its buyer, its provider and finance; at most 10 a page.")
            .Answers<Page<SignedBatchModel>>()
            .Refuses(ProblemTypes.NotFound);
        batches.MapPost("/{batchHash}/countersignature", CountersignAsync).RequireScope(Scopes.LeasesWrite)
            .Operates("countersignBatch", "Keeps the buyer's countersignature with a batch; the same key again is answered with its first signature.")
            .Answers<CountersignatureModel>()
            .Refuses(
                ProblemTypes.NotFound, ProblemTypes.BatchUnknown, ProblemTypes.CountersigningKeyUnknown, ProblemTypes.CountersignatureInvalid,
                ProblemTypes.AlreadyCountersigned, ProblemTypes.IdempotencyKeyReused);
    }

    private static async Task<IResult> RegisterAsync(
        RegisterCountersigningKeyRequest body, OrganisationCaller caller, RequestKey key, CountersigningKeys keys, CancellationToken cancellationToken)
    {
        var fields = new Fields();
        var publicKey = fields.Bytes("/publicKey", body.PublicKey, 1, MaxKeyBytes);
        LeaseId? lease = body.LeaseId is null ? null : fields.Id<LeaseKind>("/leaseId", body.LeaseId);
        if (!fields.AreValid) return fields.Problem;
        var attempt = await keys.RegisterAsync(caller.OrganisationId, lease, publicKey, key.Value, cancellationToken);
        return Answer.Created(attempt, made => $"/v1/countersigning-keys/{made.Id}", ToModel, Problem);
    }

    private static async Task<IResult> ListAsync(
        PageQuery query, OrganisationCaller caller, CountersigningKeys keys, CancellationToken cancellationToken)
    {
        CountersigningKeyId? after = null;
        if (query.After is { } text)
        {
            if (!CountersigningKeyId.TryParse(text, out var id)) return PageQuery.InvalidCursor;
            after = id;
        }

        var found = await keys.ListAsync(caller.OrganisationId, after, query.Limit, cancellationToken);
        return Answer.Ok(PageQuery.Page([.. found.Select(ToModel)], found.Count == query.Limit ? found[^1].Id.ToString() : null));
    }

    private static async Task<IResult> RevokeAsync(
        string keyId, OrganisationCaller caller, CountersigningKeys keys, CancellationToken cancellationToken)
    {
        if (!CountersigningKeyId.TryParse(keyId, out var id)) return Answer.NotFound();
        var result = await keys.RevokeAsync(caller.OrganisationId, id, cancellationToken);
        return result.Match<IResult>(revoked => Answer.Ok(ToModel(revoked)), Problem);
    }

    private static async Task<IResult> ListBatchesAsync(
        string leaseId, PageQuery query, Caller caller, ReadBatches read, CancellationToken cancellationToken)
    {
        if (!LeaseId.TryParse(leaseId, out var lease)) return Answer.NotFound();
        var after = 0L;
        if (query.After is { } text && !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out after)) return PageQuery.InvalidCursor;
        var page = await read.ReadAsync(lease, after, Math.Min(query.Limit, MaxBatchesPerPage), cancellationToken);
        if (page is null || !caller.MaySee(page.Lease)) return Answer.NotFound();
        var next = page.IsEnd ? null : page.Batches[^1].Batch.Number.ToString(CultureInfo.InvariantCulture);
        return Answer.Ok(PageQuery.Page([.. page.Batches.Select(EvidenceModels.ToModel)], next));
    }

    private static async Task<IResult> CountersignAsync(
        string leaseId,
        string batchHash,
        CountersignRequest body,
        OrganisationCaller caller,
        RequestKey key,
        CountersignBatch countersign,
        ReadBatches read,
        CancellationToken cancellationToken)
    {
        if (!LeaseId.TryParse(leaseId, out var lease)) return Answer.NotFound();
        var fields = new Fields();
        var keyId = fields.Id<CountersigningKeyKind>("/keyId", body.KeyId);
        if (body.Signature is null) fields.Add("/signature", "This is required.");
        if (!fields.AreValid) return fields.Problem;
        var attempt = await countersign.CountersignAsync(
            caller.OrganisationId, lease, batchHash, keyId, body.Signature!, key.Value, cancellationToken);
        if (attempt.KeyReused || !attempt.Result.TryGet(out var kept, out _)) return Answer.Done(attempt, _ => 0, Problem);
        var page = await read.ReadAsync(lease, kept.Batch - 1, 1, cancellationToken);
        return Answer.Done(attempt, _ => EvidenceModels.ToModel(page!.Batches[0]).Countersignature, Problem);
    }

    private static CountersigningKeyModel ToModel(CountersigningKey key) => new(
        key.Id.ToString(), key.LeaseId?.ToString(), Convert.ToBase64String(key.PublicKey), key.RegisteredAt.ToWire(), key.RevokedAt?.ToWire());

    private static ApiProblem Problem(RegisterKeyRefusal refusal) => refusal switch
    {
        RegisterKeyRefusal.LeaseUnknown => ProblemTypes.NotFound.With("The organisation is not the buyer of such a lease, or it has not become ready."),
        RegisterKeyRefusal.PublicKeyInvalid => ProblemTypes.PublicKeyInvalid.With(),
    };

    private static ApiProblem Problem(RevokeKeyRefusal refusal) => refusal switch
    {
        RevokeKeyRefusal.KeyUnknown => ProblemTypes.NotFound.With(),
    };

    private static ApiProblem Problem(CountersignRefusal refusal) => refusal switch
    {
        CountersignRefusal.LeaseUnknown => ProblemTypes.NotFound.With("The organisation is not the buyer of such a lease, or it has not become ready."),
        CountersignRefusal.BatchUnknown => ProblemTypes.BatchUnknown.With(),
        CountersignRefusal.KeyUnknown => ProblemTypes.CountersigningKeyUnknown.With(),
        CountersignRefusal.SignatureInvalid => ProblemTypes.CountersignatureInvalid.With(),
        CountersignRefusal.AlreadyCountersigned => ProblemTypes.AlreadyCountersigned.With(),
    };
}
