using Marketplace.Api.Answers;
using Marketplace.Api.Auth;
using Marketplace.Api.OpenApi;
using Marketplace.Api.Problems;
using Marketplace.Api.Requests;
using Marketplace.Client.Models;
using Marketplace.Verification.Protocol;
using Marketplace.Verification.Sessions;
using Marketplace.Verification.StartVerification;
using Marketplace.Verification.SubmitOpenings;
using Marketplace.Verification.SubmitRoots;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketplace.Api.Verification;

/// <summary>
/// What a machine does to prove. No Idempotency-Key is needed: a verification takes each step once, and repeating a step with the
/// same content gives the first answer.
/// </summary>
internal static class MachineVerificationEndpoints
{
    public static void MapMachineVerifications(this IEndpointRouteBuilder v1)
    {
        var group = v1.MapGroup("").WithTags("Verification").RequireMachine();
        group.MapGet("/machine/verifications", ListAsync)
            .Operates("listMachineVerifications", "Lists what the calling machine has to prove, oldest first.")
            .Answers<OpenVerificationsModel>();
        group.MapGet("/machine/verifications/{verificationId}", ReadAsync)
            .Operates("getMachineVerification", "Reads a verification of the calling machine, ended or not.")
            .Answers<VerificationModel>()
            .Refuses(ProblemTypes.NotFound);
        group.MapPost("/verifications/{verificationId}/parts/{part:int}/start", StartAsync)
            .Operates("startVerification", "Takes the seeds of a part; the server's clock starts.")
            .Answers<StartedVerificationModel>()
            .Refuses(
                ProblemTypes.NotFound,
                ProblemTypes.VerificationEnded,
                ProblemTypes.VerificationPartOutOfOrder,
                ProblemTypes.VerificationNotOpenYet,
                ProblemTypes.VerificationAlreadyChallenged,
                ProblemTypes.VerificationWindowMissed,
                ProblemTypes.VerificationAttemptOutOfOrder,
                ProblemTypes.VerificationTooManyAttempts);
        group.MapPost("/verifications/{verificationId}/parts/{part:int}/roots", SubmitRootsAsync)
            .Operates("submitRoots", "Hands in the roots of a part; the server's clock stops and the units to open are drawn.")
            .Answers<ChallengeModel>()
            .Refuses(
                ProblemTypes.NotFound,
                ProblemTypes.VerificationEnded,
                ProblemTypes.VerificationPartOutOfOrder,
                ProblemTypes.VerificationNotStarted,
                ProblemTypes.VerificationAttemptSuperseded,
                ProblemTypes.VerificationOtherRoots,
                ProblemTypes.VerificationWrongNumberOfRoots);
        group.MapPost("/verifications/{verificationId}/parts/{part:int}/openings", SubmitOpeningsAsync)
            .Operates("submitOpenings", "Opens the drawn units of a part; the server checks them, and the next part waits or there is a verdict.")
            .Answers<VerificationModel>()
            .Refuses(ProblemTypes.NotFound, ProblemTypes.VerificationEnded, ProblemTypes.VerificationPartOutOfOrder, ProblemTypes.VerificationNotChallenged);
    }

    private static async Task<IResult> ListAsync(MachineCaller caller, VerificationReader reader, CancellationToken cancellationToken)
    {
        var open = await reader.ListOpenAsync(caller.MachineId, cancellationToken);
        return Answer.Ok(new OpenVerificationsModel([.. open.Select(VerificationModels.ToModel)]));
    }

    private static async Task<IResult> ReadAsync(
        string verificationId, MachineCaller caller, VerificationReader reader, CancellationToken cancellationToken) =>
        VerificationId.TryParse(verificationId, out var id)
            ? Answer.OkOrNotFound((await reader.FindAsync(caller.MachineId, id, cancellationToken))?.ToModel())
            : Answer.NotFound();

    private static async Task<IResult> StartAsync(
        string verificationId, int part, StartVerificationRequest body, MachineCaller caller, StartVerificationHandler start, CancellationToken cancellationToken)
    {
        if (!VerificationId.TryParse(verificationId, out var id)) return Answer.NotFound();
        var fields = new Fields();
        var attempt = fields.Int("/attempt", body.Attempt, 1, 1_000);
        if (!fields.AreValid) return fields.Problem;
        var result = await start.HandleAsync(new StartVerification(caller.MachineId, id, part, attempt), cancellationToken);
        return result.Match<IResult>(started => Answer.Ok(started.ToModel(id)), Problem);
    }

    private static async Task<IResult> SubmitRootsAsync(
        string verificationId, int part, SubmitRootsRequest body, MachineCaller caller, SubmitRootsHandler submit, CancellationToken cancellationToken)
    {
        if (!VerificationId.TryParse(verificationId, out var id)) return Answer.NotFound();
        var fields = new Fields();
        var attempt = fields.Int("/attempt", body.Attempt, 1, 1_000);
        var roots = fields.Bytes("/roots", body.Roots, SeedChain.Length, ProofParameters.MaxRoots * SeedChain.Length);
        var facts = fields.Facts("/reported", body.Reported);
        if (!fields.AreValid) return fields.Problem;
        var result = await submit.HandleAsync(new SubmitRoots(caller.MachineId, id, part, attempt, roots, facts), cancellationToken);
        return result.Match<IResult>(
            challenged => Answer.Ok(new ChallengeModel(id.ToString(), part, [.. challenged.Units.Select(u => new UnitModel(u.Device, u.Round, u.Unit))])), Problem);
    }

    private static async Task<IResult> SubmitOpeningsAsync(
        string verificationId, int part, SubmitOpeningsRequest body, MachineCaller caller, SubmitOpeningsHandler submit, CancellationToken cancellationToken)
    {
        if (!VerificationId.TryParse(verificationId, out var id)) return Answer.NotFound();
        var fields = new Fields();
        var openings = fields.Bytes("/openings", body.Openings, 8, VerificationFields.MaxOpeningsLength);
        if (!fields.AreValid) return fields.Problem;
        var result = await submit.HandleAsync(new SubmitOpenings(caller.MachineId, id, part, openings), cancellationToken);
        return result.Match<IResult>(session => Answer.Ok(session.ToModel()), Problem);
    }

    private static ApiProblem Problem(StartVerificationRefusal refusal) => refusal switch
    {
        StartVerificationRefusal.NotFound => ProblemTypes.NotFound.With(),
        StartVerificationRefusal.Ended => ProblemTypes.VerificationEnded.With(),
        StartVerificationRefusal.PartOutOfOrder => ProblemTypes.VerificationPartOutOfOrder.With(),
        StartVerificationRefusal.NotOpenYet => ProblemTypes.VerificationNotOpenYet.With(),
        StartVerificationRefusal.WindowMissed => ProblemTypes.VerificationWindowMissed.With(),
        StartVerificationRefusal.AlreadyChallenged => ProblemTypes.VerificationAlreadyChallenged.With(),
        StartVerificationRefusal.AttemptOutOfOrder => ProblemTypes.VerificationAttemptOutOfOrder.With(),
        StartVerificationRefusal.TooManyAttempts => ProblemTypes.VerificationTooManyAttempts.With(),
    };

    private static ApiProblem Problem(SubmitRootsRefusal refusal) => refusal switch
    {
        SubmitRootsRefusal.NotFound => ProblemTypes.NotFound.With(),
        SubmitRootsRefusal.Ended => ProblemTypes.VerificationEnded.With(),
        SubmitRootsRefusal.PartOutOfOrder => ProblemTypes.VerificationPartOutOfOrder.With(),
        SubmitRootsRefusal.NotStarted => ProblemTypes.VerificationNotStarted.With(),
        SubmitRootsRefusal.AttemptSuperseded => ProblemTypes.VerificationAttemptSuperseded.With(),
        SubmitRootsRefusal.OtherRootsSubmitted => ProblemTypes.VerificationOtherRoots.With(),
        SubmitRootsRefusal.WrongNumberOfRoots => ProblemTypes.VerificationWrongNumberOfRoots.With(),
    };

    private static ApiProblem Problem(SubmitOpeningsRefusal refusal) => refusal switch
    {
        SubmitOpeningsRefusal.NotFound => ProblemTypes.NotFound.With(),
        SubmitOpeningsRefusal.Ended => ProblemTypes.VerificationEnded.With(),
        SubmitOpeningsRefusal.PartOutOfOrder => ProblemTypes.VerificationPartOutOfOrder.With(),
        SubmitOpeningsRefusal.NotChallenged => ProblemTypes.VerificationNotChallenged.With(),
    };
}
