using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Marketplace.Client.Models;

namespace Marketplace.BenchmarkWorker.Tests.Serve;

/// <summary>A marketplace that a worker which serves asks for work; notes when it is asked and by which key.</summary>
internal sealed class FakeDesk(SteppingTime time) : HttpMessageHandler
{
    public const string Verification = "ver_01JABCDEFGHJKMNPQRSTVWXYZ0";

    /// <summary>When the next lease begins; null for none.</summary>
    public DateTimeOffset? NextStart { get; set; }

    /// <summary>When there is something to prove, a workload that no worker knows; null for never.</summary>
    public DateTimeOffset? ProofFrom { get; set; }

    /// <summary>The keys that are refused.</summary>
    public HashSet<string> Refused { get; } = [];

    /// <summary>Questions for work, and the key of each.</summary>
    public List<(DateTimeOffset At, string Key)> Asked { get; } = [];

    /// <summary>Looks at leases.</summary>
    public List<DateTimeOffset> Looked { get; } = [];

    /// <summary>When the worker took up the proof.</summary>
    public DateTimeOffset? TakenUp { get; private set; }

    /// <summary>Called at every question for work.</summary>
    public Action OnAsked { get; set; } = () => { };

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var key = KeyOf(request);
        object answer = request.RequestUri!.AbsolutePath switch
        {
            "/v1/machine/verifications" => Asks(key),
            "/v1/machine/leases" => Looks(),
            "/v1/time" => new TimeModel(Wire(time.GetUtcNow())),
            _ => Take(),
        };
        return Task.FromResult(Refused.Contains(key)
            ? new HttpResponseMessage(HttpStatusCode.Unauthorized) { Content = JsonContent.Create(new Problem("/problems/invalid_token", "", 401, "invalid_token", "", [], "")) }
            : new HttpResponseMessage(HttpStatusCode.OK) { Content = JsonContent.Create(answer, answer.GetType()) });
    }

    private OpenVerificationsModel Asks(string key)
    {
        Asked.Add((time.GetUtcNow(), key));
        OnAsked();
        return new OpenVerificationsModel(ProofFrom <= time.GetUtcNow() && TakenUp is null ? [Model()] : []);
    }

    private MachineLeasesModel Looks()
    {
        Looked.Add(time.GetUtcNow());
        return new MachineLeasesModel([], NextStart > time.GetUtcNow() ? Wire(NextStart.Value) : null);
    }

    private VerificationModel Take()
    {
        TakenUp = time.GetUtcNow();
        return Model();
    }

    private static VerificationModel Model() => new(
        Verification, "readiness", "lse_x", "mch_x", "cpu-x86-64", 1, new CapacityModel(1, 0, 0, 0, 0), "awaiting", 0, 0,
        [new VerificationPartModel(new ProofProtocolModel("of-another-day-1", 1, 1, 1, 1, 1, 1, 1, "0.1"), 0, null, null, null)], "", "", null, null, null, null, null);

    private static string KeyOf(HttpRequestMessage request)
    {
        var header = request.Headers.Authorization!.Parameter!.Split('.')[0].Replace('-', '+').Replace('_', '/');
        using var parsed = JsonDocument.Parse(Encoding.UTF8.GetString(Convert.FromBase64String(header.PadRight((header.Length + 3) / 4 * 4, '='))));
        return parsed.RootElement.GetProperty("kid").GetString()!;
    }

    private static string Wire(DateTimeOffset at) => at.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFF'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
