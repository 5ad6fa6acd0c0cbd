using Marketplace.Contracts;
using Marketplace.Leasing.LifeCycle;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Work;

namespace Marketplace.Leasing.ReadLeases;

/// <summary>Command: put a lease into a list, or take it out.</summary>
/// <param name="Owner">An organisation or a machine.</param>
/// <param name="LeaseId">The lease.</param>
/// <param name="IsGone">Whether it is to be taken out.</param>
public sealed record IndexLease(string Owner, LeaseId LeaseId, bool IsGone) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "leasing.index-lease.v1";
}

/// <summary>A row of a list. The lease itself says how it is.</summary>
internal sealed record LeaseIndexRow(LeaseId LeaseId);

/// <summary>Keeps the lists.</summary>
internal sealed class IndexLeaseHandler(Workspace workspace) : IMessageHandler<IndexLease>
{
    public Task HandleAsync(IndexLease message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(
            LeaseRows.Index(message.Owner),
            context,
            async work =>
            {
                var key = LeaseRows.IndexKey(message.LeaseId);
                var isListed = await work.ReadAsync<LeaseIndexRow>(key, cancellationToken) is not null;
                if (message.IsGone && isListed) work.Delete(key);
                if (!message.IsGone && !isListed) work.Put(key, new LeaseIndexRow(message.LeaseId));
            },
            cancellationToken);
}
