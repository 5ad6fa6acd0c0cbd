using System.Text;
using System.Text.Json.Nodes;
using Marketplace.StripeDouble.Faults;
using Marketplace.StripeDouble.Storage;

namespace Marketplace.StripeDouble.Webhooks;

/// <summary>
/// Delivers events that were recorded with their calls, at least once, until the receiver answers 2xx. What is undelivered is in
/// the store, so that a restart sends it again.
/// </summary>
internal sealed class WebhookSender(ObjectStore store, StripeDoubleOptions options) : IAsyncDisposable
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);
    private readonly HttpClient client = new() { Timeout = TimeSpan.FromSeconds(20) };
    private readonly SemaphoreSlim awake = new(0);
    private readonly CancellationTokenSource stopping = new();
    private readonly Dictionary<long, (int Attempts, long NextTryTicks)> failed = [];
    private Task running = Task.CompletedTask;

    public Uri? Url { get; set; } = options.WebhookUrl;

    public WebhookBehaviour Behaviour { get; set; } = new();

    public void Start() => running = Task.Run(Loop);

    /// <summary>Says that there may be something to send.</summary>
    public void Wake() => awake.Release();

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await running;
        client.Dispose();
        stopping.Dispose();
        awake.Dispose();
    }

    private async Task Loop()
    {
        try
        {
            while (true)
            {
                var wait = await SendDue();
                await awake.WaitAsync(wait, stopping.Token);
                while (awake.CurrentCount > 0) await awake.WaitAsync(stopping.Token);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    /// <summary>Sends what is due and gives the time to the next try.</summary>
    private async Task<TimeSpan> SendDue()
    {
        var behaviour = Behaviour;
        if (Url is null || behaviour.Held) return Idle;
        var waiting = store.Undelivered();
        if (behaviour.NewestFirst) waiting.Reverse();
        var next = Idle;
        foreach (var (delivery, body) in waiting)
        {
            var left = TimeSpan.FromMilliseconds(failed.GetValueOrDefault(delivery).NextTryTicks - Environment.TickCount64);
            if (failed.ContainsKey(delivery) && left > TimeSpan.Zero)
            {
                next = left < next ? left : next;
                continue;
            }

            if (behaviour.Lost || await Send(body, behaviour))
            {
                failed.Remove(delivery);
                store.Delivered(delivery);
                continue;
            }

            var attempts = failed.GetValueOrDefault(delivery).Attempts;
            var delay = options.WebhookRetryDelays[Math.Min(attempts, options.WebhookRetryDelays.Count - 1)];
            failed[delivery] = (attempts + 1, Environment.TickCount64 + (long)delay.TotalMilliseconds);
            next = delay < next ? delay : next;
        }

        return waiting.Count == 100 && failed.Count < 100 ? TimeSpan.Zero : next;
    }

    private async Task<bool> Send(JsonObject body, WebhookBehaviour behaviour)
    {
        if (behaviour.ApiVersion is { } version) body["api_version"] = version;
        var payload = body.ToJsonString();
        var secret = behaviour.Forged ? $"{options.WebhookSecret}-forged" : options.WebhookSecret;
        var acknowledged = true;
        for (var copy = 0; copy < behaviour.Copies; copy++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Url);
            request.Content = new StringContent(payload, Encoding.UTF8, "application/json");
            request.Headers.Add("Stripe-Signature",
                WebhookSignature.Header(payload, options.Clock.GetUtcNow().ToUnixTimeSeconds(), secret));
            try
            {
                using var response = await client.SendAsync(request, stopping.Token);
                acknowledged &= response.IsSuccessStatusCode;
            }
            catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException && !stopping.IsCancellationRequested)
            {
                acknowledged = false;
            }
        }

        return acknowledged;
    }
}
