using Marketplace.Contracts;
using Marketplace.Runtime.Dispatch;
using Marketplace.Runtime.Store;
using Marketplace.ServiceBus.Bus;
using Microsoft.Extensions.Logging;

namespace Marketplace.ServiceBus.DeadQueues;

/// <summary>
/// Keeps the bus's dead-letter queues in step with the one store of dead letters, which operators work with. So what is counted in the
/// queues, and alarms, is what is unresolved. Run by a timer.
/// </summary>
public sealed class DeadLetterCollector(
    IDeadLetterQueues queues, IPartitionStore store, DeadLetters letters, ILogger<DeadLetterCollector> logger)
{
    private const int MostPerQueue = 100;

    /// <summary>
    /// Goes through all queues once. A message whose letter was resubmitted goes; one that the bus itself gave up, after very many
    /// deliveries, becomes a letter.
    /// </summary>
    public async Task CollectAsync(CancellationToken cancellationToken)
    {
        foreach (var queue in Queues.All)
        {
            foreach (var dead in await queues.TakeAsync(queue, MostPerQueue, cancellationToken)) await CollectAsync(dead, cancellationToken);
        }
    }

    private async Task CollectAsync(DeadDelivery dead, CancellationToken cancellationToken)
    {
        try
        {
            if (await IsUnresolvedAsync(dead, cancellationToken)) await dead.Settlement.AbandonAsync(cancellationToken);
            else await dead.Settlement.CompleteAsync(cancellationToken);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            logger.LogWarning(fault, "The dead delivery {Id} of {Queue} is looked at again later.", dead.Message.Id, dead.Message.Queue);
        }
    }

    private async Task<bool> IsUnresolvedAsync(DeadDelivery dead, CancellationToken cancellationToken)
    {
        var isOurs = MessageId.TryParse(dead.Description, out var named);
        if (!isOurs && dead.Message.Pointer is null) return false;
        var id = isOurs ? named : dead.Message.Pointer!.MessageId;
        if (await letters.ReadAsync(id, cancellationToken) is not null) return true;
        if (isOurs || dead.Message.Pointer is not { } pointer) return false;
        if (await store.ReadAsync(pointer.PartitionId, pointer.Row, cancellationToken) is not { } row || OutboxRows.Read(pointer.PartitionId, row, logger) is not { } message) return false;

        await letters.AddAsync(message, $"The bus gave it up: {dead.Reason}. {dead.Description}", attempts: 0, stopSession: false, cancellationToken);
        await store.CommitAsync(new Commit(pointer.PartitionId, null, [new EntityOperation.Delete(row.RowKey, row.ETag)], default), cancellationToken);
        return true;
    }
}
