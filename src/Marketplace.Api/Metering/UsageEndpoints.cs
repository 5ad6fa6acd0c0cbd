using Marketplace.Api.Answers;
using Marketplace.Api.Auth;
using Marketplace.Api.OpenApi;
using Marketplace.Api.Problems;
using Marketplace.Api.Requests;
using Marketplace.Client.Models;
using Marketplace.Metering;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketplace.Api.Metering;

/// <summary>Readings of machines, and what they amount to.</summary>
internal static class UsageEndpoints
{
    public static void MapUsage(this IEndpointRouteBuilder v1)
    {
        var group = v1.MapGroup("/leases/{leaseId}").WithTags("Usage");
        group.MapPost("/readings", SubmitAsync).RequireMachine()
            .Operates("submitReadings", "Takes a signed batch of readings; each has its own outcome, and a repeated batch is answered as the first time.")
            .Answers<ReadingBatchModel>()
            .Refuses(
                ProblemTypes.NotFound, ProblemTypes.MachineKeyUnknown, ProblemTypes.ReadingsSignatureInvalid,
                ProblemTypes.ReadingsOutOfChain, ProblemTypes.IdempotencyKeyReused);
        group.MapGet("/readings", ReadHeadAsync).RequireMachine()
            .Operates("getReadingHead", "Says what the lease's next batch of readings must chain to.")
            .Answers<ReadingHeadModel>()
            .Refuses(ProblemTypes.NotFound);
        group.MapGet("/usage", ReadAsync).RequireToken()
            .Operates("getUsage", "Shows the use of a lease by second, hour and rule, to its buyer, its provider and finance.")
            .Answers<UsageModel>()
            .Refuses(ProblemTypes.NotFound);
    }

    private static async Task<IResult> SubmitAsync(
        string leaseId, SubmitReadingsRequest body, MachineCaller machine, RequestKey key, SubmitReadings submit, CancellationToken cancellationToken)
    {
        if (!LeaseId.TryParse(leaseId, out var lease)) return Answer.NotFound();
        var fields = new Fields();
        var keyId = body.MachineKeyId is null ? machine.EnrolmentId : fields.Id<EnrolmentKind>("/machineKeyId", body.MachineKeyId);
        if (!ReadingBatchFormat.IsHash(body.PreviousBatchHash)) fields.Add("/previousBatchHash", "Expected 64 lower-case hex digits.");
        if (body.Signature is null) fields.Add("/signature", "This is required.");
        if (body.Readings is not { Count: >= 1 and <= ReadingBatchFormat.MaxReadings })
        {
            fields.Add("/readings", $"Expected 1 to {ReadingBatchFormat.MaxReadings} readings.");
            return fields.Problem;
        }

        var readings = body.Readings.Select((reading, i) => Reading(fields, i, reading)).ToList();
        if (!fields.AreValid) return fields.Problem;
        var attempt = await submit.SubmitAsync(
            machine.MachineId, new SubmitReadingsCommand(lease, keyId, body.PreviousBatchHash!, readings, body.Signature!), key.Value, cancellationToken);
        if (attempt.KeyReused || !attempt.Result.TryGet(out var accepted, out _)) return Answer.Done(attempt, _ => 0, Problem);
        var batch = await submit.ReadBatchAsync(lease, accepted, cancellationToken);
        return Answer.Done(attempt, _ => UsageModels.ToModel(batch), Problem);
    }

    private static async Task<IResult> ReadHeadAsync(string leaseId, MachineCaller machine, SubmitReadings submit, CancellationToken cancellationToken)
    {
        if (!LeaseId.TryParse(leaseId, out var lease)) return Answer.NotFound();
        return await submit.ReadHeadAsync(machine.MachineId, lease, cancellationToken) is { } head
            ? Answer.Ok(new ReadingHeadModel(head.LastBatchHash, head.NextSequence))
            : Answer.NotFound();
    }

    private static async Task<IResult> ReadAsync(string leaseId, Caller caller, ReadUsage read, CancellationToken cancellationToken)
    {
        if (!LeaseId.TryParse(leaseId, out var lease)) return Answer.NotFound();
        var report = await read.ReadAsync(lease, cancellationToken);
        return report is not null && caller.MaySee(report.Lease) ? Answer.Ok(UsageModels.ToModel(report)) : Answer.NotFound();
    }

    /// <summary>Only what could not be signed is refused here; whether a reading counts is decided for each by itself.</summary>
    private static SignedReading Reading(Fields fields, int index, ReadingModel? reading)
    {
        if (reading?.Sequence is null) fields.Add($"/readings/{index}/sequence", "This is required.");
        if (reading?.GpuSeconds is null) fields.Add($"/readings/{index}/gpuSeconds", "This is required.");
        return new SignedReading(
            reading?.Sequence ?? 0,
            Text(fields, $"/readings/{index}/from", reading?.From),
            Text(fields, $"/readings/{index}/to", reading?.To),
            reading?.GpuSeconds ?? 0,
            Text(fields, $"/readings/{index}/state", reading?.State));
    }

    private static string Text(Fields fields, string pointer, string? text)
    {
        if (!ReadingBatchFormat.IsText(text)) fields.Add(pointer, $"Expected 1 to {ReadingBatchFormat.MaxTextLength} visible ASCII characters, no comma.");
        return text ?? "";
    }

    private static ApiProblem Problem(SubmitReadingsRefusal refusal) => refusal switch
    {
        SubmitReadingsRefusal.LeaseUnknown => ProblemTypes.NotFound.With("There is no such lease of this machine, or it has not become ready."),
        SubmitReadingsRefusal.MachineKeyUnknown => ProblemTypes.MachineKeyUnknown.With(),
        SubmitReadingsRefusal.SignatureInvalid => ProblemTypes.ReadingsSignatureInvalid.With(),
        SubmitReadingsRefusal.BatchOutOfChain => ProblemTypes.ReadingsOutOfChain.With(),
    };
}
