using Marketplace.Billing.CreditInvoice;
using Marketplace.Billing.DraftInvoice;
using Marketplace.Billing.RateUsage;
using NodaTime;

namespace Marketplace.Billing.CreditShortfall;

/// <summary>What a buyer gets back of a lease because its machine proved less than was sold.</summary>
/// <param name="LeaseId">The lease.</param>
/// <param name="From">Start of the first hour it is of.</param>
/// <param name="To">Start of the hour after the last.</param>
/// <param name="BasisPoints">The part of those hours, in ten-thousandths.</param>
/// <param name="Reason">Why.</param>
/// <param name="Credited">The charges it was given for; each once.</param>
/// <param name="Waiting">What of it waits for its invoice to be paid, because less than that was left to pay; null for nothing.</param>
public sealed record LeaseShortfall(
    LeaseId LeaseId, Instant From, Instant To, int BasisPoints, string Reason, IReadOnlyList<UsageId> Credited, IReadOnlyList<WaitingCredit>? Waiting = null);

/// <summary>A part of a credit that can only be given back once the invoice is paid.</summary>
/// <param name="UsageId">The charge.</param>
/// <param name="Amount">More than zero, tax included.</param>
public sealed record WaitingCredit(UsageId UsageId, Money Amount);

/// <summary>Decides how much of a charge a shortfall takes back.</summary>
public static class ShortfallRules
{
    private const int Whole = 10_000;

    /// <summary>
    /// The part of the charge's hours that begin within the shortfall's, with the tax on it; never more than is left of the line. Rounded
    /// once, by the largest remainder.
    /// </summary>
    public static Money Credit(LeaseShortfall shortfall, Charge charge, InvoicedCharge line)
    {
        var hours = charge.Hours.Where(hour => hour.Hour.Start >= shortfall.From && hour.Hour.Start < shortfall.To)
            .Aggregate(Money.Zero(charge.Amount.Currency), (sum, hour) => sum + hour.Amount);
        if (hours.IsZero) return hours;
        var missing = checked(hours.MinorUnits * shortfall.BasisPoints);
        var credit = line.Amount.Split([missing, checked(charge.Amount.MinorUnits * Whole) - missing])[0];
        var left = line.Left().Total();
        return credit < left ? credit : left;
    }

    /// <summary>What of an invoice's lines can be given back now: by a credit note no more than is left to pay, for the other part is paid in advance.</summary>
    public static Money Room(Invoice invoice, CreditForm form) => form == CreditForm.CreditNote ? invoice.Collectable() : invoice.Total;

    /// <summary>How it is given back of a final invoice: by a credit note before it is paid, by a refund after; null where it is closed.</summary>
    public static CreditForm? FormOf(Invoice invoice) =>
        invoice.State == InvoiceState.Paid ? CreditForm.Refund
        : invoice.IsUnpaid() ? CreditForm.CreditNote
        : null;
}
