namespace Marketplace.Stripe;

/// <summary>
/// Spaces requests evenly, so that a long run never meets Stripe's rate limit. The clock is the machine's: it is the wire that is
/// paced, not the market.
/// </summary>
internal sealed class Pacer(int requestsPerSecond, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private readonly TimeSpan spacing = TimeSpan.FromSeconds(1) / requestsPerSecond;
    private readonly Lock gate = new();
    private DateTimeOffset next;

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        TimeSpan wait;
        lock (gate)
        {
            var now = TimeProvider.System.GetUtcNow();
            var slot = next > now ? next : now;
            next = slot + spacing;
            wait = slot - now;
        }

        if (wait > TimeSpan.Zero) await Task.Delay(wait, cancellationToken);
        return await base.SendAsync(request, cancellationToken);
    }
}
