using Marketplace.Client;
using Marketplace.Client.Models;

namespace Marketplace.Api.Tests.Markets;

/// <summary>Somebody who follows the crowd's book with the client, in the background.</summary>
internal sealed class Follower : IAsyncDisposable
{
    private readonly CancellationTokenSource ending = new();
    private readonly Task following;
    private long seen = -1;

    public Follower(MarketplaceClient client) => following = FollowAsync(client);

    /// <summary>The copy; to be read when the follower has stopped.</summary>
    public FollowedBook Book { get; private set; } = new();

    public int Snapshots { get; private set; }

    public List<MarketTradeModel> Trades { get; } = [];

    /// <summary>Waits until an event of the book has come.</summary>
    public async Task ReachAsync(long sequence)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (Interlocked.Read(ref seen) < sequence && !following.IsCompleted) await Task.Delay(10, limit.Token);
    }

    /// <summary>Waits until an event of the book has come, and stops.</summary>
    public async Task StopAtAsync(long sequence)
    {
        await ReachAsync(sequence);
        await ending.CancelAsync();
        await following;
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await following;
        ending.Dispose();
    }

    private async Task FollowAsync(MarketplaceClient client)
    {
        try
        {
            await foreach (var update in client.FollowBookAsync(MarketCrowd.Model, MarketCrowd.Hub, ending.Token))
            {
                Book = update.Book;
                if (update.Kind == BookUpdateKind.Snapshot) Snapshots++;
                if (update.Trade is { } trade) Trades.Add(trade);
                Interlocked.Exchange(ref seen, update.Book.Sequence!.Value);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped by the test.
        }
    }
}

/// <summary>A line that breaks: every response's body ends with a fault after some bytes, each time after more: a change that does not get through whole is sent again.</summary>
internal sealed class BreakingLine(HttpMessageHandler inner, int seed) : DelegatingHandler(inner)
{
    private readonly Random random = new(seed);

    public int Breaks { get; private set; }

    /// <summary>Requests that named the event that they want to go on after.</summary>
    public int Resumptions { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Headers.Contains("Last-Event-ID")) Resumptions++;
        var response = await base.SendAsync(request, cancellationToken);
        var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        response.Content = new StreamContent(new Breaking(body, random.Next(200, 3_000) * (1 + Breaks), () => Breaks++));
        return response;
    }

    private sealed class Breaking(Stream inner, int bytes, Action onBreak) : Stream
    {
        private int left = bytes;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (left == 0)
            {
                onBreak();
                throw new IOException("The line is broken.");
            }

            var read = await inner.ReadAsync(buffer[..Math.Min(left, buffer.Length)], cancellationToken);
            left -= read;
            return read;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
            // Read-only.
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
