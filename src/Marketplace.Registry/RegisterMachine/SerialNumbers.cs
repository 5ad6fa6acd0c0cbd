using System.Security.Cryptography;
using System.Text;
using Marketplace.Contracts;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Registry.RegisterMachine;

/// <summary>What a serial number of a hub was given out for.</summary>
/// <param name="Provider">Whose machine.</param>
/// <param name="MachineId">The machine; not registered yet if a crash came between.</param>
public sealed record SerialHolder(OrganisationId Provider, MachineId MachineId);

/// <summary>A number that was given out.</summary>
/// <param name="Serial">The number within the hub.</param>
/// <param name="MachineId">The machine it is for.</param>
public sealed record AllocatedSerial(int Serial, MachineId MachineId);

/// <summary>
/// Gives out the serial numbers of hubs, each once. A hub's counter and the holders of its numbers are one partition, which also
/// resolves identifiers.
/// </summary>
internal sealed class SerialNumbers(Workspace workspace, IIdSource ids)
{
    /// <summary>The number that a request stands for: the same one every time the request is repeated.</summary>
    public async Task<Result<AllocatedSerial, RegisterMachineRefusal>> AllocateAsync(
        Hub hub, OrganisationId provider, IdempotencyKey key, CancellationToken cancellationToken)
    {
        var attempt = await workspace.AttemptAsync<string, AllocatedSerial, RegisterMachineRefusal>(
            RegistryRows.Hub(hub.Code), KeyOf(provider, key), "serial", work => AllocateAsync(work, provider, cancellationToken), cancellationToken);
        return attempt.Result;
    }

    private async Task<Result<AllocatedSerial, RegisterMachineRefusal>> AllocateAsync(
        PartitionWork work, OrganisationId provider, CancellationToken cancellationToken)
    {
        var counter = await work.ReadAsync<Counter>(RegistryRows.Counter, cancellationToken) ?? new Counter(0);
        if (counter.Last == ResourceIdentifier.MaxSerial) return RegisterMachineRefusal.HubFull;
        var allocated = new AllocatedSerial(counter.Last + 1, ids.Next<MachineKind>());
        work.Put(RegistryRows.Counter, new Counter(allocated.Serial));
        work.Put(RegistryRows.Serial(allocated.Serial), new SerialHolder(provider, allocated.MachineId));
        return allocated;
    }

    // A hub's partition serves all providers: their keys must not meet.
    private static IdempotencyKey KeyOf(OrganisationId provider, IdempotencyKey key) =>
        IdempotencyKey.Of(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{provider}:{key}"))));

    private sealed record Counter(int Last);
}
