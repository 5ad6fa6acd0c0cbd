using System.Buffers;
using System.Net;
using System.Text;
using Marketplace.Client;
using Marketplace.Client.Models;

namespace Marketplace.Api.Tests.Markets;

/// <summary>How the client follows a stream that is not as it should be. The server is made up, event by event.</summary>
public sealed class FollowBookTests
{
    private const string At = "2026-11-02T08:00:00Z";

    [Fact]
    public async Task A_gap_makes_the_client_begin_anew_by_itself()
    {
        var server = new Lines(
            [Snapshot(5, Ask("2.00", 9, 12, 4)), Depth(6, 7, Ask("2.00", 9, 10, 1)), Depth(9, 9, Ask("3.00", 9, 12, 8))],
            [Snapshot(20, Ask("1.50", 9, 10, 2))]);
        Assert.Equal(["Snapshot 5: 2.00x4 9-12", "Depth 7: 2.00x1 9-10, 2.00x4 10-12", "Snapshot 20: 1.50x2 9-10"], await FollowAsync(server, 3));
        Assert.Equal([null, null], server.LastEventIds);
    }

    [Fact]
    public async Task A_line_that_ends_is_taken_up_where_it_was_and_what_comes_twice_is_told_once()
    {
        var server = new Lines(
            [Snapshot(5), Trade(6), Depth(6, 6, Bid("1.00", 9, 10, 3)), Trade(7), Trade(8)],
            [Trade(7), Trade(8), Depth(6, 8, Bid("1.00", 9, 10, 2)), Depth(4, 6, Bid("1.00", 9, 10, 7)), Trade(9), Depth(9, 9)]);
        Assert.Equal(
            ["Snapshot 5: ", "Trade 6", "Depth 6: 1.00x3 9-10", "Trade 7", "Trade 8", "Depth 8: 1.00x2 9-10", "Depth 8: 1.00x2 9-10", "Trade 9", "Depth 9: 1.00x2 9-10"],
            await FollowAsync(server, 9));
        Assert.Equal([null, "6"], server.LastEventIds);
    }

    [Fact]
    public async Task A_resync_is_followed_by_a_snapshot_on_the_same_line()
    {
        var server = new Lines([Snapshot(5, Ask("2.00", 9, 12, 4)), "event: resync\ndata: {}\n\n", Snapshot(8), Depth(9, 9, Bid("1.00", 9, 10, 3))]);
        Assert.Equal(["Snapshot 5: 2.00x4 9-12", "Snapshot 8: ", "Depth 9: 1.00x3 9-10"], await FollowAsync(server, 3));
    }

    [Fact]
    public async Task Hours_that_are_over_leave_the_copy_and_events_of_a_later_version_are_passed_over()
    {
        var server = new Lines(
        [
            ": comment\n\n", "event: weather\ndata: {\"sunny\":true}\n\n", Snapshot(5, Ask("2.00", 9, 12, 4)),
            Depth(6, 6).Replace(At, "2026-11-02T11:30:00Z", StringComparison.Ordinal), Depth(7, 7, Ask("2.00", 11, 12, 0)),
        ]);
        Assert.Equal(["Snapshot 5: 2.00x4 9-12", "Depth 6: 2.00x4 11-12", "Depth 7: "], await FollowAsync(server, 3));
    }

    [Fact]
    public async Task A_line_that_falls_silent_is_given_up()
    {
        var server = new Lines([Snapshot(5), Lines.Silence], [Depth(6, 6, Bid("1.00", 9, 10, 3))]);
        Assert.Equal(["Snapshot 5: ", "Depth 6: 1.00x3 9-10"], await FollowAsync(server, 2, TimeSpan.FromMilliseconds(100)));
        Assert.Equal([null, "5"], server.LastEventIds);
    }

    [Fact]
    public async Task A_refusal_ends_it()
    {
        var refused = await Assert.ThrowsAsync<ProblemException>(() => FollowAsync(new Lines(), 1));
        Assert.Equal(HttpStatusCode.NotFound, refused.Status);
    }

    private static async Task<List<string>> FollowAsync(Lines server, int updates, TimeSpan? silence = null)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var client = new MarketplaceClient(
            new HttpClient(server) { BaseAddress = new Uri("http://marketplace.test") },
            new MarketplaceClientOptions { Patience = TimeSpan.Zero, Silence = silence ?? TimeSpan.FromSeconds(5) });
        var told = new List<string>();
        await foreach (var update in client.FollowBookAsync("m", "h", limit.Token))
        {
            told.Add(update.Trade is { } trade ? $"Trade {trade.Sequence}" : $"{update.Kind} {update.Book.Sequence}: {Told(update.Book)}");
            if (told.Count == updates) break;
        }

        return told;
    }

    private static string Told(FollowedBook book) =>
        string.Join(", ", book.Runs.Select(run => $"{run.Price.PerGpuHour}x{run.GpuCount} {Hour(run.From)}-{Hour(run.To)}"));

    private static int Hour(string instant) => int.Parse(instant.AsSpan(11, 2), null);

    private static string Snapshot(long sequence, params string[] runs) =>
        $$"""
        id: {{sequence}}
        event: snapshot
        data: {"modelId":"m","hubId":"h","sequence":{{sequence}},"at":"{{At}}","isHalted":false,"depth":[{{string.Join(',', runs)}}]}


        """;

    private static string Depth(long from, long to, params string[] runs) =>
        $$"""
        id: {{to}}
        event: depth
        data: {"fromSequence":{{from}},"toSequence":{{to}},"at":"{{At}}","isHalted":false,"changes":[{{string.Join(',', runs)}}]}


        """;

    private static string Trade(long sequence) =>
        $$$"""
        event: trade
        data: {"tradeId":"t","sequence":{{{sequence}}},"gpuCount":1,"window":{"from":"{{{At}}}","to":"{{{At}}}"},"price":{"perGpuHour":"1.00","currency":"USD"},"executedAt":"{{{At}}}"}


        """;

    private static string Ask(string price, int from, int to, int gpus) => Run("ask", price, from, to, gpus);

    private static string Bid(string price, int from, int to, int gpus) => Run("bid", price, from, to, gpus);

    private static string Run(string side, string price, int from, int to, int gpus) =>
        $$"""{"side":"{{side}}","price":{"perGpuHour":"{{price}}","currency":"USD"},"from":"2026-11-02T{{from:D2}}:00:00Z","to":"2026-11-02T{{to:D2}}:00:00Z","gpuCount":{{gpus}}}""";

    /// <summary>Answers each connection with the next of its scripts, and with 404 when there are no more.</summary>
    private sealed class Lines(params string[][] scripts) : HttpMessageHandler
    {
        public const string Silence = "silence";

        public List<string?> LastEventIds { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (LastEventIds.Count == scripts.Length) return Task.FromResult(new HttpResponseMessage(HttpStatusCode.NotFound) { Content = Answers.Json("{}") });
            var script = scripts[LastEventIds.Count];
            LastEventIds.Add(request.Headers.TryGetValues("Last-Event-ID", out var values) ? values.Single() : null);
            var pipe = new System.IO.Pipelines.Pipe();
            foreach (var part in script.Where(part => part != Silence)) pipe.Writer.Write(Encoding.UTF8.GetBytes(part));
            _ = script.Contains(Silence) ? pipe.Writer.FlushAsync(cancellationToken).AsTask() : pipe.Writer.CompleteAsync().AsTask();
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(pipe.Reader.AsStream()) });
        }
    }
}
