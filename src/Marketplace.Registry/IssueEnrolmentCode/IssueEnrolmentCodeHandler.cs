using Marketplace.Registry.Enrolments;
using Marketplace.Registry.Machines;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using NodaTime;

namespace Marketplace.Registry.IssueEnrolmentCode;

/// <summary>
/// Issues codes in two commits: the provider's partition fixes the enrolment of an idempotency key, then the enrolment's own partition
/// takes the hash of a fresh code. Codes are not kept, so a repeated request answers with another code of the same enrolment; each of
/// them works, and the first that is used ends them all.
/// </summary>
public sealed class IssueEnrolmentCodeHandler(Workspace workspace, IIdSource ids, IEntropy entropy, TimeProvider time)
{
    private const int MaxEnrolmentsPerMachine = 32;
    private const int MaxCodesPerEnrolment = 32;
    private static readonly Duration Lifetime = Duration.FromHours(1);

    /// <summary>Issues a code.</summary>
    public async Task<IssuedCode> ExecuteAsync(IssueEnrolmentCode command, IdempotencyKey key, CancellationToken cancellationToken)
    {
        var attempt = await workspace.AttemptAsync<IssueEnrolmentCode, EnrolmentEntry, IssueEnrolmentCodeRefusal>(
            RegistryRows.Of(command.Provider), key, command, work => OpenAsync(command, work, cancellationToken), cancellationToken);
        if (attempt.KeyReused || !attempt.Result.TryGet(out var entry, out _)) return new IssuedCode(attempt, null);

        var code = EnrolmentCode.Create(entry.Id, entropy);
        var added = await workspace.AttemptAsync<string, string, EnrolmentStatus>(
            RegistryRows.Of(entry.Id),
            IdempotencyKey.Of($"code:{ids.Next()}"),
            "code",
            work => AddAsync(command, entry, code, work, cancellationToken),
            cancellationToken);
        return new IssuedCode(attempt, added.Result.IsAccepted ? code.Text : null);
    }

    private async Task<Result<EnrolmentEntry, IssueEnrolmentCodeRefusal>> OpenAsync(
        IssueEnrolmentCode command, PartitionWork work, CancellationToken cancellationToken)
    {
        if (await work.ReadAsync<Machine>(RegistryRows.Machine(command.MachineId), cancellationToken) is null) return IssueEnrolmentCodeRefusal.MachineUnknown;
        var count = 0;
        await foreach (var _ in work.ReadRangeAsync<EnrolmentEntry>(RegistryRows.Enrolments(command.MachineId), cancellationToken)) count++;
        if (count >= MaxEnrolmentsPerMachine) return IssueEnrolmentCodeRefusal.TooManyEnrolments;

        var entry = new EnrolmentEntry(ids.Next<EnrolmentKind>(), command.MachineId, time.Now() + Lifetime);
        work.Put(RegistryRows.EnrolmentOf(entry.MachineId, entry.Id), entry);
        return entry;
    }

    private async Task<Result<string, EnrolmentStatus>> AddAsync(
        IssueEnrolmentCode command, EnrolmentEntry entry, EnrolmentCode code, PartitionWork work, CancellationToken cancellationToken)
    {
        var enrolment = await work.ReadAsync<MachineEnrolment>(RegistryRows.Enrolment, cancellationToken)
            ?? new MachineEnrolment(entry.Id, entry.MachineId, command.Provider, entry.ExpiresAt, [], null, null, null);
        var status = enrolment.StatusAt(time.Now());
        if (status != EnrolmentStatus.Open || enrolment.SecretHashes.Count >= MaxCodesPerEnrolment) return status;
        work.Put(RegistryRows.Enrolment, enrolment with { SecretHashes = [.. enrolment.SecretHashes, code.SecretHash] });
        return "";
    }
}
