namespace Marketplace.Contracts;

/// <summary>
/// A command or an event that one module sends and others handle. Messages are stored and cross process borders: fields are
/// added, never renamed, and a new meaning is a new type.
/// </summary>
public interface IMessage
{
    /// <summary>The stable type name, such as <c>trading.trade-executed.v1</c>: the CloudEvents <c>type</c>.</summary>
    static abstract string MessageType { get; }
}

/// <summary>The queues, one per module that handles messages. In the cloud each is a Service Bus queue with sessions.</summary>
public static class Queues
{
    /// <summary>Organisations, machines and listings. Session: the organisation.</summary>
    public const string Registry = "registry";

    /// <summary>Verification sessions. Session: the machine.</summary>
    public const string Verification = "verification";

    /// <summary>Order books. Session: the book.</summary>
    public const string Market = "market";

    /// <summary>What buyers see of their bids. Session: the organisation.</summary>
    public const string Bids = "bids";

    /// <summary>Leases. Session: the lease.</summary>
    public const string Leases = "leases";

    /// <summary>Usage of leases. Session: the lease.</summary>
    public const string Usage = "usage";

    /// <summary>Ledger entries. Session: the journal.</summary>
    public const string Ledger = "ledger";

    /// <summary>Charges, invoices and payouts. Session: the organisation, or the invoice or payout that waits for the payment service.</summary>
    public const string Billing = "billing";

    /// <summary>Closing of months. Session: the month.</summary>
    public const string Finance = "finance";

    /// <summary>Index rows that lists are read from. Session: the partition they are in.</summary>
    public const string Projections = "projections";

    /// <summary>Every queue. The cloud has one Service Bus queue of each name, and one function that it triggers.</summary>
    public static IReadOnlyList<string> All { get; } =
        [Registry, Verification, Market, Bids, Leases, Usage, Ledger, Billing, Finance, Projections];
}
