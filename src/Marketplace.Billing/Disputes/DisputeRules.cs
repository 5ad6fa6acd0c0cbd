using Marketplace.Billing.DraftInvoice;
using NodaTime;

namespace Marketplace.Billing.Disputes;

/// <summary>Why a charge cannot be contested. In order of precedence.</summary>
public enum OpenDisputeRefusal
{
    /// <summary>There is no such invoice line, or the caller is neither its buyer nor its provider.</summary>
    LineUnknown,

    /// <summary>The invoice is a draft.</summary>
    InvoiceNotFinal,

    /// <summary>The invoice is void or written off.</summary>
    InvoiceClosed,

    /// <summary>The time to contest it is over.</summary>
    WindowOver,

    /// <summary>It is contested already.</summary>
    AlreadyDisputed,

    /// <summary>All of it was taken back before.</summary>
    NothingLeft,
}

/// <summary>Why a dispute cannot be resolved so. In order of precedence.</summary>
public enum ResolveDisputeRefusal
{
    /// <summary>There is no such dispute.</summary>
    DisputeUnknown,

    /// <summary>It was resolved before.</summary>
    DisputeResolved,

    /// <summary>The invoice is void or written off meanwhile: there is nothing to credit.</summary>
    InvoiceClosed,

    /// <summary>The amount is in another currency than the invoice.</summary>
    CurrencyDiffers,

    /// <summary>The amount is zero.</summary>
    NothingToCredit,

    /// <summary>The amount is more than is left of the line.</summary>
    ExceedsLine,

    /// <summary>The amount is more than is left to pay of the invoice, because a part is paid in advance: decide it once the rest is paid.</summary>
    ExceedsUnpaid,
}

/// <summary>Decides whether a charge may be contested.</summary>
public static class DisputeRules
{
    /// <summary>
    /// The line, where it may be contested. The window runs from when the invoice became final, which is never before its usage was
    /// metered.
    /// </summary>
    /// <param name="invoice">The invoice.</param>
    /// <param name="usageId">The line's usage record.</param>
    /// <param name="caller">Who contests.</param>
    /// <param name="window">How long that is allowed.</param>
    /// <param name="now">Now.</param>
    public static Result<InvoicedCharge, OpenDisputeRefusal> Decide(
        Invoice invoice, UsageId usageId, OrganisationId caller, Duration window, Instant now)
    {
        if (invoice.Lines.FirstOrDefault(line => line.UsageId == usageId) is not { } line) return OpenDisputeRefusal.LineUnknown;
        if (caller != invoice.Buyer && caller != line.Provider) return OpenDisputeRefusal.LineUnknown;
        if (invoice.State == InvoiceState.Draft) return OpenDisputeRefusal.InvoiceNotFinal;
        if (invoice.State != InvoiceState.Paid && !invoice.IsUnpaid()) return OpenDisputeRefusal.InvoiceClosed;
        if (now >= invoice.FinalizedAt!.Value + window) return OpenDisputeRefusal.WindowOver;
        if (line.Dispute is not null) return OpenDisputeRefusal.AlreadyDisputed;
        if (line.Left().Total().IsZero) return OpenDisputeRefusal.NothingLeft;
        return line;
    }

    /// <summary>The invoice whose line is contested, or no longer.</summary>
    public static Invoice Mark(Invoice invoice, UsageId usageId, DisputeId? dispute) => invoice with
    {
        Lines = [.. invoice.Lines.Select(line => line.UsageId == usageId ? line with { Dispute = dispute } : line)],
    };
}
