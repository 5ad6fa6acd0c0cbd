using System.Net;
using System.Net.Http.Json;
using Marketplace.Api.Auth;
using Marketplace.Client;
using Marketplace.Client.Models;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Api.Tests.Operations;

public sealed class DeadLetterTests
{
    [Fact]
    public async Task An_operator_lists_reads_and_resubmits_dead_letters()
    {
        await using var host = await ApiHost.StartAsync(FailingMessage.Register);
        for (var number = 0; number < 3; number++) await host.SendAsync(new FailingMessage($"s{number}", number));
        await host.WhenIdleAsync();
        var client = host.Client(host.StaffToken(Scopes.Operator));

        var first = await client.ListDeadLettersAsync(limit: 2);
        var second = await client.ListDeadLettersAsync(limit: 2, first.NextCursor);
        Assert.Equal([2, 1, 0], first.Items.Concat(second.Items).Select(l => l.Body.GetProperty("number").GetInt32()));
        Assert.NotNull(first.NextCursor);
        Assert.Null(second.NextCursor);

        var letter = await client.GetDeadLetterAsync(first.Items[0].MessageId);
        Assert.Equal("tests", letter.Queue);
        Assert.True(letter.StopsSession);
        Assert.Contains("broken", letter.Reason, StringComparison.Ordinal);

        var log = host.Services.GetRequiredService<FailingMessage.Log>();
        log.Mended = true;
        await client.ResubmitDeadLetterAsync(letter.MessageId, "k1");
        await host.WhenIdleAsync();
        Assert.Equal([2], log.Handled);
        var gone = await Assert.ThrowsAsync<ProblemException>(() => client.GetDeadLetterAsync(letter.MessageId));
        Assert.Equal("not_found", gone.Code);
    }

    [Fact]
    public async Task A_repeated_resubmission_answers_the_same_and_sends_once()
    {
        await using var host = await ApiHost.StartAsync(FailingMessage.Register);
        await host.SendAsync(new FailingMessage("s", 7));
        await host.WhenIdleAsync();
        var http = host.Http(host.StaffToken(Scopes.Operator));
        var letters = await http.GetFromJsonAsync<Page<DeadLetterModel>>("/v1/dead-letters");
        var path = $"/v1/dead-letters/{letters!.Items[0].MessageId}/resubmission";
        var log = host.Services.GetRequiredService<FailingMessage.Log>();
        log.Mended = true;

        var answers = new List<string>();
        foreach (var replayed in new[] { false, true })
        {
            using var response = await http.SendAsync(Answers.Post(path, "once"));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(replayed, response.Headers.Contains("Idempotency-Replayed"));
            answers.Add(await response.Content.ReadAsStringAsync());
        }

        await host.WhenIdleAsync();
        Assert.Equal(answers[0], answers[1]);
        Assert.Equal([7], log.Handled);
        using var otherKey = await http.SendAsync(Answers.Post(path, "another"));
        await otherKey.ProblemAsync(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task A_key_used_for_another_letter_is_refused()
    {
        await using var host = await ApiHost.StartAsync(FailingMessage.Register);
        await host.SendAsync(new FailingMessage("a", 1));
        await host.SendAsync(new FailingMessage("b", 2));
        await host.WhenIdleAsync();
        var client = host.Client(host.StaffToken(Scopes.Operator));
        var letters = (await client.ListDeadLettersAsync()).Items;
        await client.ResubmitDeadLetterAsync(letters[0].MessageId, "same");
        var reused = await Assert.ThrowsAsync<ProblemException>(() => client.ResubmitDeadLetterAsync(letters[1].MessageId, "same"));
        Assert.Equal("idempotency_key_reused", reused.Code);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, reused.Status);
    }

    [Theory]
    [InlineData("/v1/dead-letters/msg_01JABCDEFGHJKMNPQRSTVWXYZ0")]
    [InlineData("/v1/dead-letters/bid_01JABCDEFGHJKMNPQRSTVWXYZ0")]
    [InlineData("/v1/dead-letters/nothing")]
    public async Task An_unknown_or_malformed_id_is_not_found(string path)
    {
        await using var host = await ApiHost.StartAsync();
        using var response = await host.Http(host.StaffToken()).GetAsync(path);
        await response.ProblemAsync(HttpStatusCode.NotFound, "not_found");
    }
}
