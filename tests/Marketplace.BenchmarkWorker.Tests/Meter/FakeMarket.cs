using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using Marketplace.BenchmarkWorker.Tests.Verify;
using Marketplace.Client.Models;

namespace Marketplace.BenchmarkWorker.Tests.Meter;

/// <summary>A marketplace with one lease that takes signed readings as the real one does, and loses answers where a test says so.</summary>
internal sealed class FakeMarket(ECDsa key, EnrolmentId enrolment, DateTimeOffset ready, DateTimeOffset end) : HttpMessageHandler
{
    public static readonly LeaseId Lease = LeaseId.Parse("lse_01JABCDEFGHJKMNPQRSTVWXYZ0");
    private string head = ReadingBatchFormat.NoBatch;
    private string? lastKey;

    public required DateTimeOffset Now { get; set; }

    public required DateTimeOffset EndedAt { get; set; }

    public Func<HttpRequestMessage, Loss> Loss { get; set; } = _ => Verify.Loss.None;

    /// <summary>What is refused though it is signed well.</summary>
    public Func<ReadingModel, bool> Refuses { get; set; } = _ => false;

    public List<ReadingModel> Accepted { get; } = [];

    public int Batches { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var loss = Loss(request);
        if (loss == Verify.Loss.BeforeItHappened) throw new HttpRequestException("lost before");
        object answer = request switch
        {
            { RequestUri.AbsolutePath: "/v1/machine/leases" } => new MachineLeasesModel(
                Now < EndedAt ? [new MachineLeaseModel(Lease.ToString(), 2, new WindowModel(Wire(ready), Wire(end)), Wire(ready))] : [], null),
            { RequestUri.AbsolutePath: "/v1/time" } => new TimeModel(Wire(Now)),
            { Method.Method: "GET" } => new ReadingHeadModel(head, Accepted.Count == 0 ? 1 : Accepted.Max(r => r.Sequence!.Value) + 1),
            _ => Take((await request.Content!.ReadFromJsonAsync<SubmitReadingsRequest>(cancellationToken))!, request.Headers.GetValues("Idempotency-Key").Single()),
        };
        if (loss == Verify.Loss.AfterItHappened) throw new HttpRequestException("lost after");
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = JsonContent.Create(answer, answer.GetType()) };
    }

    private ReadingBatchModel Take(SubmitReadingsRequest batch, string idempotencyKey)
    {
        var readings = batch.Readings!.Select(r => new SignedReading(r.Sequence!.Value, r.From!, r.To!, r.GpuSeconds!.Value, r.State!)).ToList();
        var bytes = ReadingBatchFormat.ToBytes(Lease, enrolment, batch.PreviousBatchHash!, readings);
        Assert.True(key.VerifyData(bytes, Convert.FromBase64String(batch.Signature!), HashAlgorithmName.SHA256), "signature");
        var hash = ReadingBatchFormat.Hash(bytes);
        Assert.Equal(hash, idempotencyKey);
        if (idempotencyKey != lastKey)
        {
            Assert.Equal(head, batch.PreviousBatchHash);
            Batches++;
            (head, lastKey) = (hash, idempotencyKey);
            Accepted.AddRange(batch.Readings!.Where(r => !Refuses(r)));
        }

        return new ReadingBatchModel(Batches, hash, [.. batch.Readings!.Select(r => new ReadingOutcomeModel(r.Sequence!.Value, Refuses(r) ? "invalid" : "accepted"))]);
    }

    private static string Wire(DateTimeOffset time) => time.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFF'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
