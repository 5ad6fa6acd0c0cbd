using System.Net;
using Marketplace.Runtime;
using Marketplace.ServiceBus.Bus;

namespace Marketplace.Azure.Tests.Processes;

/// <summary>The bus of an instance: the broker in the test's process.</summary>
internal sealed class BrokerClient(string address) : IMessageBus, IDeadLetterQueues, IDisposable
{
    private readonly HttpClient http = new() { BaseAddress = new Uri(address) };
    private int unsettled;

    public int Unsettled => unsettled;

    public async Task SendAsync(IReadOnlyList<BusMessage> messages, CancellationToken cancellationToken)
    {
        using var answer = await PostAsync("/send", messages.ToArray(), cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Takes a session. None where nothing waits; null when the test is over.</summary>
    public async Task<IReadOnlyList<BusDelivery>?> TakeAsync()
    {
        using var answer = await PostAsync("/take", "", default);
        if (answer.StatusCode == HttpStatusCode.Gone) return null;
        if (answer.StatusCode == HttpStatusCode.NoContent) return [];
        var session = MarketplaceJson.Deserialize<HandedSession>(await answer.Content.ReadAsByteArrayAsync());
        return [.. session.Messages.Select((m, place) => new BusDelivery(m.Message, m.Count, new Settlement(this, session.Handle, place)))];
    }

    public Task<IReadOnlyList<DeadDelivery>> TakeAsync(string queue, int most, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<DeadDelivery>>([]);

    public void Dispose() => http.Dispose();

    private Task<HttpResponseMessage> PostAsync<T>(string path, T body, CancellationToken cancellationToken) =>
        http.PostAsync(path, new ByteArrayContent(MarketplaceJson.Serialize(body)), cancellationToken);

    private sealed class Settlement(BrokerClient client, Guid handle, int place) : ISettlement
    {
        public Task CompleteAsync(CancellationToken cancellationToken) => SettleAsync("complete", null, null);

        public Task AbandonAsync(CancellationToken cancellationToken) => SettleAsync("abandon", null, null);

        public Task DeadLetterAsync(string reason, string description, CancellationToken cancellationToken) => SettleAsync("dead", reason, description);

        private async Task SettleAsync(string how, string? reason, string? description)
        {
            using var answer = await client.PostAsync("/settle", new Settling(handle, place, how, reason, description), default);
            if (answer.IsSuccessStatusCode) return;
            Interlocked.Increment(ref client.unsettled);
            throw new IOException("The session's lock was lost.");
        }
    }
}
