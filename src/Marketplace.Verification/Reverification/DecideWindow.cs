using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using Marketplace.Verification.Certificates;
using Marketplace.Verification.Sessions;

namespace Marketplace.Verification.Reverification;

/// <summary>Gathers the answers of a window, decides it when all are in or its time is over, and tells what follows.</summary>
internal sealed class DecideWindow(Workspace workspace, WindowOpening windows, TimeProvider time)
    : IMessageHandler<RecheckAnswered>, IMessageHandler<CloseWindow>, IMessageHandler<TellVerdicts>
{
    /// <summary>Each machine has two rows and up to four messages, and a commit has room for a hundred operations.</summary>
    private const int MachinesAtOnce = 16;

    public Task HandleAsync(RecheckAnswered message, MessageContext context, CancellationToken cancellationToken) => workspace.HandleAsync(
        VerificationRows.Of(message.Provider),
        context,
        async work =>
        {
            var window = await ReadAsync(work, message.WindowId, cancellationToken);
            if (window.DecidedAt is not null)
            {
                // Too late to count. A session that waits for the verdict of its window must not wait for ever.
                if (message.Answer.Passed) work.Send(new SettleRecheck(message.MachineId, message.VerificationId, Holds: false, null));
                return;
            }

            var answered = WindowRules.Answered(window, message.VerificationId, message.Answer);
            if (answered.Machines.All(machine => machine.Answer is not null)) await DecideAsync(work, answered, cancellationToken);
            else work.Put(RecheckRows.Window(window.Id), answered);
        },
        cancellationToken);

    public Task HandleAsync(CloseWindow message, MessageContext context, CancellationToken cancellationToken) => workspace.HandleAsync(
        VerificationRows.Of(message.Provider),
        context,
        async work =>
        {
            var window = await ReadAsync(work, message.WindowId, cancellationToken);
            if (window.DecidedAt is null) await DecideAsync(work, window, cancellationToken);
        },
        cancellationToken);

    public Task HandleAsync(TellVerdicts message, MessageContext context, CancellationToken cancellationToken) => workspace.HandleAsync(
        VerificationRows.Of(message.Provider),
        context,
        async work =>
        {
            var window = await ReadAsync(work, message.WindowId, cancellationToken);
            foreach (var machine in window.Machines.Skip(message.From).Take(MachinesAtOnce)) await TellAsync(work, window, machine, cancellationToken);
            var next = message.From + MachinesAtOnce;
            if (next < window.Machines.Count) work.Send(message with { From = next });
        },
        cancellationToken);

    private async Task DecideAsync(PartitionWork work, RecheckWindow window, CancellationToken cancellationToken)
    {
        var decided = WindowRules.Decide(window, time.Now());
        work.Put(RecheckRows.Window(decided.Id), decided);
        work.Send(new TellVerdicts(decided.Provider, decided.Id, From: 0));
        var next = decided.IsRepeated ? windows.Repeat(work, decided).Id : (RecheckWindowId?)null;
        var plan = await work.ReadAsync<RecheckPlan>(RecheckRows.Plan, cancellationToken) ?? throw new InvariantException($"{decided.Id} is of no plan.");
        InvariantException.Require(plan.OpenWindow == decided.Id, $"{decided.Id} is decided, and {plan.OpenWindow} is the open window.");
        plan = plan with { OpenWindow = next };

        // The draw that is on its way was made when nothing had failed.
        if (next is null && !decided.HaveAllPassed)
            plan = windows.PlanDraw(work, decided.Provider, plan with { FailedAt = decided.DecidedAt }, decided.Machines.Count);
        work.Put(RecheckRows.Plan, plan);
    }

    private static async Task TellAsync(PartitionWork work, RecheckWindow window, RecheckedMachine machine, CancellationToken cancellationToken)
    {
        if (machine.Answer is { Passed: true }) work.Send(new SettleRecheck(machine.MachineId, machine.VerificationId, window.HasPassed(machine), WindowRules.Proven(window, machine)));
        if (window.IsRepeated) return;
        work.Send(WindowRules.Verdict(window, machine));
        if (!window.HasPassed(machine)) return;
        var row = RecheckRows.Proof(machine.MachineId);
        var proof = new RecheckProof(machine.GpuCount, machine.Claim, machine.Answer!.CompletedAt + CertificateDocument.Validity);

        var rates = RecheckRows.Rates(machine.MachineId);
        await work.ReadAsync<RecheckProof>(rates, cancellationToken);
        work.Put(rates, proof);

        // A proof of rates alone does not take the place of one that has the memory too.
        var known = await work.ReadAsync<RecheckProof>(row, cancellationToken);
        if (known is null || known.ExpiresAt <= window.DecidedAt || proof.Covers(known.GpuCount, known.Claim)) work.Put(row, proof);
    }

    private static async Task<RecheckWindow> ReadAsync(PartitionWork work, RecheckWindowId id, CancellationToken cancellationToken) =>
        await work.ReadAsync<RecheckWindow>(RecheckRows.Window(id), cancellationToken) ?? throw new InvariantException($"The window {id} is gone.");
}
