using Marketplace.Api.Answers;
using Marketplace.Api.Auth;
using Marketplace.Api.OpenApi;
using Marketplace.Api.Problems;
using Marketplace.Api.Requests;
using Marketplace.Client.Models;
using Marketplace.Runtime.Dispatch;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketplace.Api.Operations;

/// <summary>Dead letters for operators.</summary>
internal static class DeadLetterEndpoints
{
    public static void MapDeadLetters(this IEndpointRouteBuilder v1)
    {
        var group = v1.MapGroup("/dead-letters").WithTags("Operations").RequireScope(Scopes.Operator);
        group.MapGet("", ListAsync)
            .Operates("listDeadLetters", "Lists messages that no try could handle, newest first.")
            .Answers<Page<DeadLetterModel>>();
        group.MapGet("/{messageId}", ReadAsync)
            .Operates("getDeadLetter", "Reads a dead letter.")
            .Answers<DeadLetterModel>()
            .Refuses(ProblemTypes.NotFound);
        group.MapPost("/{messageId}/resubmission", ResubmitAsync)
            .Operates("resubmitDeadLetter", "Sends a dead letter's message again and lets its session go on.")
            .Answers<DeadLetterModel>()
            .Refuses(ProblemTypes.NotFound);
    }

    private static async Task<IResult> ListAsync(PageQuery query, DeadLetters letters, CancellationToken cancellationToken)
    {
        MessageId? after = null;
        if (query.After is { } text)
        {
            if (!MessageId.TryParse(text, out var id)) return PageQuery.InvalidCursor;
            after = id;
        }

        var page = await letters.ListAsync(query.Limit, after, cancellationToken);
        return Answer.Ok(PageQuery.Page([.. page.Items.Select(ToModel)], page.Next?.ToString()));
    }

    private static async Task<IResult> ReadAsync(string messageId, DeadLetters letters, CancellationToken cancellationToken)
    {
        if (!MessageId.TryParse(messageId, out var id)) return Answer.NotFound();
        return await letters.ReadAsync(id, cancellationToken) is { } letter ? Answer.Ok(ToModel(letter)) : Answer.NotFound();
    }

    private static async Task<IResult> ResubmitAsync(
        string messageId, RequestKey key, ResubmitDeadLetter resubmit, CancellationToken cancellationToken)
    {
        if (!MessageId.TryParse(messageId, out var id)) return Answer.NotFound();
        return Answer.Done(await resubmit.ExecuteAsync(id, key.Value, cancellationToken), ToModel, Problem);
    }

    private static ApiProblem Problem(ResubmitDeadLetterRefusal refusal) => refusal switch
    {
        ResubmitDeadLetterRefusal.UnknownDeadLetter => ProblemTypes.NotFound.With("There is no such dead letter, or it was resubmitted before."),
    };

    private static DeadLetterModel ToModel(DeadLetter letter) => new(
        letter.Message.Id.ToString(),
        letter.Message.Type,
        letter.Message.Queue,
        letter.Message.SessionKey,
        letter.Reason,
        letter.Attempts,
        letter.StopsSession,
        letter.Message.OccurredAt.ToWire(),
        letter.At.ToWire(),
        letter.Message.Body);
}
