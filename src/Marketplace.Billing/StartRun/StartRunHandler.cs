using Marketplace.Billing.DraftInvoice;
using Marketplace.Billing.PayProviders;
using Marketplace.Billing.Rows;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Billing.StartRun;

/// <summary>Why a run is refused: never, so far.</summary>
public enum StartRunRefusal;

/// <summary>Starts runs on demand, and carries them to every organisation some at a time.</summary>
public sealed class StartRunHandler(Workspace workspace, TimeProvider time, IIdSource ids) : IMessageHandler<ContinueRun>
{
    /// <summary>Organisations reached by one commit.</summary>
    public const int OrganisationsAtOnce = 80;

    /// <summary>Orders a run over everything that is there now.</summary>
    public Task<Attempt<Run, StartRunRefusal>> StartAsync(RunPurpose purpose, IdempotencyKey key, CancellationToken cancellationToken) =>
        workspace.AttemptAsync<RunPurpose, Run, StartRunRefusal>(
            BillingRows.Runs,
            IdempotencyKey.Of($"{purpose}-{key}"),
            purpose,
            work =>
            {
                var now = time.Now();
                var run = new Run(ids.Next<RunKind>(), purpose, BillingPeriod.Containing(now), now);
                return Task.FromResult<Result<Run, StartRunRefusal>>(Start(work, run));
            },
            cancellationToken);

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
                foreach (var (_, row) in some)
                {
                    if (message.Run.Purpose == RunPurpose.Billing) work.Send(new DraftInvoices(row.Organisation, message.Run.Through, null));
                    else work.Send(new PayProvider(row.Organisation));
                }

                if (some.Count == OrganisationsAtOnce) work.Send(message with { After = some[^1].RowKey });
                return Task.CompletedTask;
            },
            cancellationToken);
    }

    internal static Run Start(PartitionWork work, Run run)
    {
        work.Put(BillingRows.Run(run.RunId), run);
        work.Send(new ContinueRun(run, null));
        return run;
    }
}
