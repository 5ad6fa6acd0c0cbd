using Marketplace.Contracts;
using Marketplace.Registry.Machines;
using Marketplace.Registry.Organisations;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Registry.RegisterMachine;

/// <summary>
/// Registers machines in two commits: the hub gives out a serial number for the idempotency key, then the provider's partition takes
/// the machine. A retry after a crash between them goes on with the same number; a number that stays unused is a gap, no more.
/// </summary>
public sealed class RegisterMachineHandler(Workspace workspace, ICatalogue catalogue, IIdSource ids, TimeProvider time)
{
    private readonly SerialNumbers serials = new(workspace, ids);

    /// <summary>Registers a machine.</summary>
    public async Task<Attempt<Machine, RegisterMachineRefusal>> ExecuteAsync(
        RegisterMachine command, IdempotencyKey key, CancellationToken cancellationToken)
    {
        var partition = RegistryRows.Of(command.Provider);
        var provider = await workspace.Store.ReadRowAsync<Organisation>(partition, RegistryRows.Organisation, cancellationToken);

        // Before a number is given out: refused requests must not use them up.
        if (MachineRules.Check(command, provider, catalogue) is { } refusal) return Attempt<Machine, RegisterMachineRefusal>.Refused(refusal);
        var hub = catalogue.FindHub(command.Hub)!;
        if (!(await serials.AllocateAsync(hub, command.Provider, key, cancellationToken)).TryGet(out var serial, out refusal))
        {
            return Attempt<Machine, RegisterMachineRefusal>.Refused(refusal);
        }

        return await workspace.AttemptAsync<RegisterMachine, Machine, RegisterMachineRefusal>(
            partition, key, command, work => Task.FromResult(Register(command, hub, serial, work)), cancellationToken);
    }

    private Result<Machine, RegisterMachineRefusal> Register(RegisterMachine command, Hub hub, AllocatedSerial serial, PartitionWork work)
    {
        var machine = MachineRules.Make(command, serial.MachineId, ResourceIdentifier.Of(hub.Code, serial.Serial), time.Now());
        work.Put(RegistryRows.Machine(machine.Id), machine);
        return machine;
    }
}
