namespace Marketplace.Kernel;

/// <summary>What an id names. The prefix is the first part of the id's text, before the underscore.</summary>
public interface IIdKind
{
    /// <summary>Lower-case letters, unique among kinds.</summary>
    static abstract string Prefix { get; }
}

/// <summary>A buyer's bid.</summary>
public sealed class BidKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "bid";
}

/// <summary>A signed certificate of proven capacity.</summary>
public sealed class CertificateKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "crt";
}

/// <summary>A key with which a buyer countersigns readings.</summary>
public sealed class CountersigningKeyKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "csk";
}

/// <summary>A credit note on an invoice.</summary>
public sealed class CreditNoteKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "crn";
}

/// <summary>A dispute of a charge.</summary>
public sealed class DisputeKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "dsp";
}

/// <summary>The enrolment of a machine's key.</summary>
public sealed class EnrolmentKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "enr";
}

/// <summary>A ledger entry.</summary>
public sealed class EntryKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "ent";
}

/// <summary>An invoice to a buyer.</summary>
public sealed class InvoiceKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "inv";
}

/// <summary>A lease of a machine's GPUs for a window of hours.</summary>
public sealed class LeaseKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "lse";
}

/// <summary>A provider's listing.</summary>
public sealed class ListingKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "lst";
}

/// <summary>A registered machine.</summary>
public sealed class MachineKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "mch";
}

/// <summary>A message between modules.</summary>
public sealed class MessageKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "msg";
}

/// <summary>An organisation that provides, buys or both.</summary>
public sealed class OrganisationKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "org";
}

/// <summary>A payout to a provider.</summary>
public sealed class PayoutKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "pay";
}

/// <summary>A window in which a provider's machines are verified again, all at once.</summary>
public sealed class RecheckWindowKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "rcw";
}

/// <summary>A reconciliation of a period.</summary>
public sealed class ReconciliationKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "rec";
}

/// <summary>A refund of a paid invoice.</summary>
public sealed class RefundKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "rfd";
}

/// <summary>A billing or payout run.</summary>
public sealed class RunKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "run";
}

/// <summary>A trade between a bid and a listing.</summary>
public sealed class TradeKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "trd";
}

/// <summary>A record of billable usage.</summary>
public sealed class UsageKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "usg";
}

/// <summary>A verification session.</summary>
public sealed class VerificationKind : IIdKind
{
    /// <inheritdoc/>
    public static string Prefix => "ver";
}
