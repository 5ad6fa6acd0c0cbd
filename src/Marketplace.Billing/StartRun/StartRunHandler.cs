using Marketplace.Billing.DraftInvoice;
using Marketplace.Billing.PayProviders;
using Marketplace.Billing.Rows;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Billing.StartRun;

/// <summary>Why a run is refused. In order of precedence.</summary>
public enum StartRunRefusal
{
    /// <summary>The organisation that it is to be for has no account.</summary>
    OrganisationUnknown,
}

/// <summary>Starts runs on demand, and carries them to every organisation some at a time.</summary>
public sealed class StartRunHandler(Workspace workspace, TimeProvider time, IIdSource ids) : IMessageHandler<ContinueRun>
{
    /// <summary>Organisations reached by one commit.</summary>
    public const int OrganisationsAtOnce = 80;

    /// <summary>Orders a run over everything that is there now.</summary>
    /// <param name="purpose">What it does.</param>
    /// <param name="only">The one organisation that it is for; null for all.</param>
    /// <param name="key">Names the intent, among runs of this purpose.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<Attempt<Run, StartRunRefusal>> StartAsync(
        RunPurpose purpose, OrganisationId? only, IdempotencyKey key, CancellationToken cancellationToken)
    {
        if (only is { } one && await workspace.Store.ReadAsync(BillingRows.Of(one), BillingRows.Account, cancellationToken) is null)
            return Attempt<Run, StartRunRefusal>.Refused(StartRunRefusal.OrganisationUnknown);
        return await workspace.AttemptAsync<Request, Run, StartRunRefusal>(
            BillingRows.Runs,
            key.Within(purpose.ToString()),
            new Request(purpose, only),
            work =>
            {
                var now = time.Now();
                var run = new Run(ids.Next<RunKind>(), purpose, BillingPeriod.Containing(now), now, only);
                return Task.FromResult<Result<Run, StartRunRefusal>>(Start(work, run));
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async Task HandleAsync(ContinueRun message, MessageContext context, CancellationToken cancellationToken)
    {
        var all = new RowRange("!", "~");
        var range = message.After is { } after ? all.After(after) : all;
        var some = new List<(string RowKey, IndexRow Row)>();
        await foreach (var row in workspace.Open(BillingIndex.Partition(BillingIndex.Accounts)).ReadRangeAsync<IndexRow>(range, cancellationToken))
        {
            some.Add(row);
            if (some.Count == OrganisationsAtOnce) break;
        }

        await workspace.HandleAsync(
            BillingRows.Runs,
            context,
            work =>
            {
                foreach (var (_, row) in some) Send(work, message.Run, row.Organisation);
                if (some.Count == OrganisationsAtOnce) work.Send(message with { After = some[^1].RowKey });
                return Task.CompletedTask;
            },
            cancellationToken);
    }

    internal static Run Start(PartitionWork work, Run run)
    {
        work.Put(BillingRows.Run(run.RunId), run);
        if (run.Only is { } only) Send(work, run, only);
        else work.Send(new ContinueRun(run, null));
        return run;
    }

    private static void Send(PartitionWork work, Run run, OrganisationId organisation)
    {
        if (run.Purpose == RunPurpose.Billing) work.Send(new DraftInvoices(organisation, run.Through, null));
        else work.Send(new PayProvider(organisation, run.ScheduledFor));
    }

    private sealed record Request(RunPurpose Purpose, OrganisationId? Only);
}
