using System.Net;
using System.Net.Http.Json;
using Marketplace.Client.Models;
using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Tests.Verify;

/// <summary>Where an answer is lost.</summary>
internal enum Loss
{
    None,
    BeforeItHappened,
    AfterItHappened,
}

/// <summary>One verification on a server that checks proofs for real and loses answers where a test says so.</summary>
internal sealed class FakeServer(Func<string, int, Loss> loss) : HttpMessageHandler
{
    public const string Id = "ver_01JABCDEFGHJKMNPQRSTVWXYZ0";
    private static readonly ProofParameters Parameters = new(Workload.Int8Tiles, 1, 6, 256, 256, 256, 1, 20, 1e-6);
    private static readonly ProofProtocolModel Protocol = new("int8-tiles-2", 1, 6, 256, 256, 256, 1, 20, "0.000001");
    private readonly Dictionary<string, int> calls = [];
    private readonly Dictionary<int, byte[]> seeds = [];
    private byte[]? roots;

    public string State { get; set; } = "awaiting";

    public int Attempt { get; private set; }

    public List<string> Steps { get; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var step = request.RequestUri!.Segments[^1].TrimEnd('/') is var last && request.Method == HttpMethod.Get ? "read" : last;
        var call = calls[step] = calls.GetValueOrDefault(step) + 1;
        if (step != "read") Steps.Add(step);
        var lost = loss(step, call);
        if (lost == Loss.BeforeItHappened) throw new HttpRequestException("lost before");
        var answer = step switch
        {
            "read" => Ok(Model()),
            "start" => Start((await request.Content!.ReadFromJsonAsync<StartVerificationRequest>(cancellationToken))!),
            "roots" => Roots((await request.Content!.ReadFromJsonAsync<SubmitRootsRequest>(cancellationToken))!),
            "openings" => Openings((await request.Content!.ReadFromJsonAsync<SubmitOpeningsRequest>(cancellationToken))!),
            _ => throw new InvalidOperationException(step),
        };
        return lost == Loss.AfterItHappened ? throw new HttpRequestException("lost after") : answer;
    }

    private HttpResponseMessage Start(StartVerificationRequest request)
    {
        if (!seeds.TryGetValue(request.Attempt!.Value, out var seed))
        {
            if (State == "challenged") return Refuse("verification_already_challenged");
            if (request.Attempt != Attempt + 1) return Refuse("verification_attempt_out_of_order");
            (State, Attempt) = ("started", Attempt + 1);
            seed = seeds[Attempt] = [.. Enumerable.Range(0, 32).Select(i => (byte)(i + Attempt))];
        }

        return Ok(new StartedVerificationModel(Id, 0, request.Attempt.Value, Protocol, Convert.ToBase64String(seed), "2026-01-01T00:00:00Z"));
    }

    private HttpResponseMessage Roots(SubmitRootsRequest request)
    {
        if (request.Attempt != Attempt) return Refuse("verification_attempt_superseded");
        var given = Convert.FromBase64String(request.Roots!);
        if (roots is not null && !roots.AsSpan().SequenceEqual(given)) return Refuse("verification_other_roots");
        (roots, State) = (given, "challenged");
        return Ok(new ChallengeModel(Id, 0, [.. Drawn().Select(u => new UnitModel(u.Device, u.Round, u.Unit))]));
    }

    private HttpResponseMessage Openings(SubmitOpeningsRequest request)
    {
        if (State == "challenged")
            State = ProofCheck.Check(Parameters, seeds[Attempt], roots, Drawn(), Convert.FromBase64String(request.Openings!)).Holds ? "passed" : "failed";
        return Ok(Model());
    }

    private static IReadOnlyList<UnitAddress> Drawn() => UnitDraw.Draw(Parameters, new byte[32]);

    private VerificationModel Model() => new(
        Id, "readiness", "lse_x", "mch_x", "cpu-x86-64", 1, new CapacityModel(1, 0, 0, 0, 0), State, 0, Attempt, [new VerificationPartModel(Protocol, Attempt, null, null, null)],
        "", "", null, null, null, null, null);

    private static HttpResponseMessage Ok<T>(T model) => new(HttpStatusCode.OK) { Content = JsonContent.Create(model) };

    private static HttpResponseMessage Refuse(string code) => new(HttpStatusCode.Conflict)
    {
        Content = JsonContent.Create(new Problem("/problems/" + code, code, 409, code, code, [], "")),
    };
}
