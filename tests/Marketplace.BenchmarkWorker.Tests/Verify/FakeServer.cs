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

/// <summary>One verification of some parts on a server that checks proofs for real and loses answers where a test says so.</summary>
internal sealed class FakeServer(Func<string, int, Loss> loss, params Workload[] workloads) : HttpMessageHandler
{
    public const string Id = "ver_01JABCDEFGHJKMNPQRSTVWXYZ0";
    private readonly Dictionary<string, int> calls = [];
    private readonly Dictionary<(int Part, int Attempt), byte[]> seeds = [];
    private readonly ProofParameters[] parts = [.. (workloads is [] ? [Workload.Int8Tiles] : workloads).Select(workload => Proof.ProofRunTests.ShapeOf(workload))];
    private byte[]? roots;

    public string State { get; set; } = "awaiting";

    public int Part { get; private set; }

    public int Attempt { get; private set; }

    public List<string> Steps { get; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        if (path.Contains("/parts/", StringComparison.Ordinal) && !path.Contains($"/parts/{Part}/", StringComparison.Ordinal)) return Refuse("verification_part_out_of_order");
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
        if (!seeds.TryGetValue((Part, request.Attempt!.Value), out var seed))
        {
            if (State == "challenged") return Refuse("verification_already_challenged");
            if (request.Attempt != Attempt + 1) return Refuse("verification_attempt_out_of_order");
            (State, Attempt) = ("started", Attempt + 1);
            seed = seeds[(Part, Attempt)] = [.. Enumerable.Range(0, 32).Select(i => (byte)(i + Attempt))];
        }

        return Ok(new StartedVerificationModel(Id, Part, request.Attempt.Value, ToModel(parts[Part]), Convert.ToBase64String(seed), "2026-01-01T00:00:00Z"));
    }

    private HttpResponseMessage Roots(SubmitRootsRequest request)
    {
        if (request.Attempt != Attempt) return Refuse("verification_attempt_superseded");
        var given = Convert.FromBase64String(request.Roots!);
        if (roots is not null && !roots.AsSpan().SequenceEqual(given)) return Refuse("verification_other_roots");
        (roots, State) = (given, "challenged");
        return Ok(new ChallengeModel(Id, Part, [.. Drawn().Select(u => new UnitModel(u.Device, u.Round, u.Unit))]));
    }

    private HttpResponseMessage Openings(SubmitOpeningsRequest request)
    {
        if (State == "challenged")
        {
            var holds = ProofCheck.Check(parts[Part], seeds[(Part, Attempt)], roots, Drawn(), Convert.FromBase64String(request.Openings!)).Holds;
            State = !holds ? "failed" : Part + 1 < parts.Length ? "awaiting" : "passed";
            if (State == "awaiting") (Part, Attempt, roots) = (Part + 1, 0, null);
        }

        return Ok(Model());
    }

    private IReadOnlyList<UnitAddress> Drawn() => UnitDraw.Draw(parts[Part], new byte[32]);

    private VerificationModel Model() => new(
        Id, "readiness", "lse_x", "mch_x", "cpu-x86-64", 1, new CapacityModel(1, 0, 0, 0, 0), State, Part, Attempt,
        [.. parts.Select(part => new VerificationPartModel(ToModel(part), Attempt, null, null, null))], "", "", null, null, null, null, null);

    private static ProofProtocolModel ToModel(ProofParameters part) =>
        new(part.Workload.Name(), part.Devices, part.Rounds, part.Rows, part.Columns, part.Depth, part.Lag, part.Draws, "0.000001");

    private static HttpResponseMessage Ok<T>(T model) => new(HttpStatusCode.OK) { Content = JsonContent.Create(model) };

    private static HttpResponseMessage Refuse(string code) => new(HttpStatusCode.Conflict)
    {
        Content = JsonContent.Create(new Problem("/problems/" + code, code, 409, code, code, [], "")),
    };
}
