using Marketplace.Runtime.Work;
using Marketplace.Verification.Sessions;

namespace Marketplace.Verification.Reverification;

/// <summary>Why no window is opened, in order of precedence.</summary>
public enum OrderRecheckRefusal
{
    /// <summary>The provider has nothing on offer.</summary>
    NothingOffered,

    /// <summary>A window of the provider is not decided yet.</summary>
    WindowOpen,
}

/// <summary>An operator has a provider's machines verified again, now.</summary>
public sealed class OrderRecheck
{
    private readonly Workspace workspace;
    private readonly WindowOpening windows;

    internal OrderRecheck(Workspace workspace, WindowOpening windows) => (this.workspace, this.windows) = (workspace, windows);

    /// <summary>Opens a window of all that the provider has on offer.</summary>
    public Task<Attempt<RecheckWindow, OrderRecheckRefusal>> ExecuteAsync(OrganisationId provider, IdempotencyKey key, CancellationToken cancellationToken) =>
        workspace.AttemptAsync<OrganisationId, RecheckWindow, OrderRecheckRefusal>(
            VerificationRows.Of(provider), key, provider, work => OpenAsync(provider, work, cancellationToken), cancellationToken);

    private async Task<Result<RecheckWindow, OrderRecheckRefusal>> OpenAsync(OrganisationId provider, PartitionWork work, CancellationToken cancellationToken)
    {
        var plan = await work.ReadAsync<RecheckPlan>(RecheckRows.Plan, cancellationToken);
        var offered = await WindowOpening.OfferedAsync(work, cancellationToken);
        if (plan is null || offered.Count == 0) return OrderRecheckRefusal.NothingOffered;
        if (plan.OpenWindow is not null) return OrderRecheckRefusal.WindowOpen;
        var window = await windows.OpenAsync(work, provider, RecheckCause.Ordered, null, cancellationToken);
        work.Put(RecheckRows.Plan, plan with { OpenWindow = window!.Id });
        return window;
    }
}
