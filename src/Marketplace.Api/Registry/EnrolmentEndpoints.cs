using Marketplace.Api.Answers;
using Marketplace.Api.Auth;
using Marketplace.Api.OpenApi;
using Marketplace.Api.Problems;
using Marketplace.Api.Requests;
using Marketplace.Client.Models;
using Marketplace.Registry.EnrolKey;
using Marketplace.Registry.Enrolments;
using Marketplace.Registry.IssueEnrolmentCode;
using Marketplace.Registry.Machines;
using Marketplace.Registry.RevokeKey;
using Marketplace.Registry.RotateKey;
using Marketplace.Runtime.Time;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketplace.Api.Registry;

/// <summary>Enrolment of machines' keys.</summary>
internal static class EnrolmentEndpoints
{
    private const int MaxKeyBytes = 1024;
    private const int MaxReasonLength = 500;

    public static void MapEnrolments(this IEndpointRouteBuilder v1)
    {
        var group = v1.MapGroup("/machines/{machineId}/enrolments").WithTags("Machines");
        group.MapPost("", IssueAsync).RequireScope(Scopes.MachinesWrite)
            .Operates("issueEnrolmentCode", "Issues a one-time code, good for an hour, with which the machine enrols a key.")
            .Answers<EnrolmentCodeModel>(StatusCodes.Status201Created)
            .Refuses(ProblemTypes.NotFound, ProblemTypes.TooManyEnrolments);
        group.MapGet("", ListAsync).RequireToken()
            .Operates("listEnrolments", "Lists a machine's enrolments that are not revoked, newest first, in one page.")
            .Answers<Page<EnrolmentModel>>()
            .Refuses(ProblemTypes.NotFound);
        group.MapPost("/{enrolmentId}/revocation", RevokeAsync).RequireScope(Scopes.MachinesWrite)
            .Operates("revokeEnrolment", "Revokes an enrolment with its code, its key and the keys that this one signed into its place: they are refused at once, and what is offered of the machine is suspended until it has enrolled and proven itself anew. Again, it changes nothing.")
            .Answers<EnrolmentModel>()
            .Refuses(ProblemTypes.NotFound);
        v1.MapPost("/machine-keys/{enrolmentId}/revocation", RevokeAnyAsync).WithTags("Operations").RequireScope(Scopes.Operator)
            .Operates("revokeMachineKey", "Revokes any machine's enrolment, as its provider may.")
            .Answers<EnrolmentModel>()
            .Refuses(ProblemTypes.NotFound);
        v1.MapPost("/machine/key-rotation", RotateAsync).WithTags("Machines").RequireMachine()
            .Operates("rotateKey", "Goes over to a new key, which the present one signs. Both are good for 15 minutes, then only the new one. The same new key is answered again.")
            .Answers<MachineKeyModel>()
            .Refuses(
                ProblemTypes.PublicKeyInvalid,
                ProblemTypes.KeyMayNotSign,
                ProblemTypes.PublicKeyUnchanged,
                ProblemTypes.RotationSignatureInvalid,
                ProblemTypes.RotatedToAnotherKey);
        v1.MapPost("/machine-keys", EnrolAsync).WithTags("Machines").AllowAnonymous()
            .Operates("enrolKey", "Enrols a machine's key with a one-time code. The same code with the same key is answered again.")
            .Answers<MachineKeyModel>()
            .Refuses(
                ProblemTypes.PublicKeyInvalid, ProblemTypes.CodeInvalid, ProblemTypes.EnrolmentRevoked, ProblemTypes.CodeUsed, ProblemTypes.CodeExpired);
    }

    private static async Task<IResult> IssueAsync(
        string machineId, OrganisationCaller caller, RequestKey key, IssueEnrolmentCodeHandler issue, CancellationToken cancellationToken)
    {
        if (!MachineId.TryParse(machineId, out var machine)) return Answer.NotFound();
        var issued = await issue.ExecuteAsync(new IssueEnrolmentCode(caller.OrganisationId, machine), key.Value, cancellationToken);
        return Answer.Created(
            issued.Enrolment,
            enrolment => $"/v1/machines/{machine}/enrolments/{enrolment.Id}",
            enrolment => new EnrolmentCodeModel(enrolment.Id.ToString(), machine.ToString(), issued.Code, enrolment.ExpiresAt.ToWire()),
            RegistryProblems.Of);
    }

    private static async Task<IResult> ListAsync(
        string machineId, OrganisationCaller caller, MachineReader machines, EnrolmentReader enrolments, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!MachineId.TryParse(machineId, out var machine)) return Answer.NotFound();
        if (await machines.FindAsync(caller.OrganisationId, machine, cancellationToken) is null) return Answer.NotFound();
        var found = await enrolments.ListAsync(caller.OrganisationId, machine, cancellationToken);
        return Answer.Ok(PageQuery.Page<EnrolmentModel>([.. found.Select(enrolment => enrolment.ToModel(time.Now()))], null));
    }

    private static Task<IResult> RevokeAsync(
        string machineId,
        string enrolmentId,
        RevokeEnrolmentRequest body,
        OrganisationCaller caller,
        RevokeKeyHandler revoke,
        TimeProvider time,
        CancellationToken cancellationToken) =>
        MachineId.TryParse(machineId, out var machine)
            ? ApplyRevocationAsync(caller.OrganisationId, machine, enrolmentId, body, revoke, time, cancellationToken)
            : Task.FromResult(Answer.NotFound());

    private static Task<IResult> RevokeAnyAsync(
        string enrolmentId, RevokeEnrolmentRequest body, RevokeKeyHandler revoke, TimeProvider time, CancellationToken cancellationToken) =>
        ApplyRevocationAsync(null, null, enrolmentId, body, revoke, time, cancellationToken);

    private static async Task<IResult> ApplyRevocationAsync(
        OrganisationId? caller,
        MachineId? machine,
        string enrolmentId,
        RevokeEnrolmentRequest body,
        RevokeKeyHandler revoke,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (!EnrolmentId.TryParse(enrolmentId, out var enrolment)) return Answer.NotFound();
        var fields = new Fields();
        var reason = fields.Text("/reason", body.Reason, 1, MaxReasonLength);
        if (!fields.AreValid) return fields.Problem;
        var result = await revoke.ExecuteAsync(new RevokeKey(caller, enrolment, reason, machine), cancellationToken);
        return result.Match<IResult>(revoked => Answer.Ok(revoked.ToModel(time.Now())), RegistryProblems.Of);
    }

    private static async Task<IResult> RotateAsync(
        RotateKeyRequest body, MachineCaller caller, RotateKeyHandler rotate, CancellationToken cancellationToken)
    {
        var fields = new Fields();
        var key = fields.Bytes("/publicKey", body.PublicKey, 1, MaxKeyBytes);
        var signature = fields.Bytes("/signature", body.Signature, 1, MaxKeyBytes);
        if (!fields.AreValid) return fields.Problem;
        var result = await rotate.ExecuteAsync(new RotateKey(caller.EnrolmentId, key, signature), cancellationToken);
        return result.Match<IResult>(enrolled => Answer.Ok(ToModel(enrolled)), RegistryProblems.Of);
    }

    private static async Task<IResult> EnrolAsync(EnrolKeyRequest body, EnrolKeyHandler enrol, CancellationToken cancellationToken)
    {
        var fields = new Fields();
        var code = fields.Text("/code", body.Code, 1, 100);
        var key = fields.Bytes("/publicKey", body.PublicKey, 1, MaxKeyBytes);
        if (!fields.AreValid) return fields.Problem;
        var result = await enrol.ExecuteAsync(new EnrolKey(code, key), cancellationToken);
        return result.Match<IResult>(enrolled => Answer.Ok(ToModel(enrolled)), RegistryProblems.Of);
    }

    private static MachineKeyModel ToModel(EnrolledKey enrolled) => new(
        enrolled.Enrolment.Id.ToString(),
        enrolled.Machine.Id.ToString(),
        enrolled.Machine.Identifier.ToString(),
        enrolled.Enrolment.EnrolledAt!.Value.ToWire());
}
