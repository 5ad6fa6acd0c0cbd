using Marketplace.Contracts;
using Marketplace.Registry.Listings;
using Marketplace.Registry.Machines;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Registry.CompleteVerification;

/// <summary>Adds a verdict to the machine's test history and, where a listing waits for it, activates or rejects the listing.</summary>
public sealed class VerificationCompletedHandler(Workspace workspace, TimeProvider time) : IMessageHandler<VerificationCompleted>
{
    /// <inheritdoc/>
    public async Task HandleAsync(VerificationCompleted message, MessageContext context, CancellationToken cancellationToken)
    {
        var isFirst = await workspace.HandleAsync(
            RegistryRows.Of(message.Provider), context, work => ApplyAsync(message, work, cancellationToken), cancellationToken);
        if (isFirst) RegistryMetrics.Record(message);
    }

    private async Task ApplyAsync(VerificationCompleted verdict, PartitionWork work, CancellationToken cancellationToken)
    {
        await RecordAsync(verdict, work, cancellationToken);
        if (verdict.Purpose != VerificationPurpose.Listing) return;
        var listing = await work.ReadAsync<Listing>(RegistryRows.Listing(ListingId.Parse(verdict.Subject)), cancellationToken);
        VerdictRules.Apply(listing, verdict, time.Now())?.Put(work);
    }

    private static async Task RecordAsync(VerificationCompleted verdict, PartitionWork work, CancellationToken cancellationToken)
    {
        var test = new MachineTest(
            verdict.VerificationId, verdict.Purpose, verdict.Passed, verdict.Failure, verdict.Claim, verdict.Proven, verdict.CertificateId, verdict.CompletedAt);
        var testRow = RegistryRows.Test(verdict.MachineId, verdict.VerificationId);
        if (await work.ReadAsync<MachineTest>(testRow, cancellationToken) is null) work.Put(testRow, test);
        var machineRow = RegistryRows.Machine(verdict.MachineId);
        var machine = await work.ReadAsync<Machine>(machineRow, cancellationToken)
            ?? throw new InvariantException($"{verdict.VerificationId} is about {verdict.MachineId}, which {verdict.Provider} does not have.");
        if (verdict.Passed) work.Put(machineRow, machine with { LastProof = test });
    }
}
