using Marketplace.Billing.RateUsage;
using NodaTime;

namespace Marketplace.Billing.DraftInvoice;

/// <summary>Gathers charges on an invoice.</summary>
public static class InvoiceDrafting
{
    /// <summary>The most lines of an invoice, a multiple of <see cref="MaxChargesAtOnce"/>; Stripe allows 250.</summary>
    public const int MaxLines = 240;

    /// <summary>The most providers on an invoice: an entry over all of it fits the 44 postings that an entry may have.</summary>
    public const int MaxProviders = 40;

    /// <summary>Charges taken in one commit: each is two rows, and a commit has 99.</summary>
    public const int MaxChargesAtOnce = 40;

    /// <summary>An empty draft for a charge's currency and period.</summary>
    public static Invoice Start(InvoiceId invoiceId, Charge first, Instant now) =>
        new(invoiceId, first.Buyer, first.Amount.Currency, first.Period, InvoiceState.Draft, [], Money.Zero(first.Amount.Currency),
            Money.Zero(first.Amount.Currency), Money.Zero(first.Amount.Currency), Money.Zero(first.Amount.Currency), 0, now);

    /// <summary>Whether a charge may be a line of a draft.</summary>
    public static bool Accepts(Invoice draft, Charge charge) =>
        charge.Amount.Currency == draft.Currency && charge.Period == draft.Period && draft.Lines.Count < MaxLines
        && draft.Lines.Select(line => line.Provider).Append(charge.Provider).Distinct().Count() <= MaxProviders;

    /// <summary>Adds a charge to a draft.</summary>
    /// <exception cref="InvariantException">It is another's, on another invoice, or does not fit.</exception>
    public static (Invoice Draft, Charge Charge) Add(Invoice draft, Charge charge)
    {
        InvariantException.Require(draft.State == InvoiceState.Draft && draft.ExternalId is null, $"{draft.InvoiceId} is no longer drafted.");
        InvariantException.Require(
            Accepts(draft, charge) && charge.Buyer == draft.Buyer && charge.InvoiceId is null,
            $"The charge of {charge.UsageId} does not belong on {draft.InvoiceId}.");
        var line = new InvoicedCharge(
            charge.UsageId, charge.LeaseId, charge.Provider, charge.Used, charge.Price,
            charge.Total(), charge.ProviderShare(), charge.Fee, charge.Tax, charge.FeePlan, charge.TaxPlan,
            charge.From, charge.To, charge.ChargePeriod, charge.IsCorrection, ChargeParts.None(charge.Amount.Currency));
        return (
            draft with { Lines = [.. draft.Lines, line], Total = draft.Total + line.Amount },
            charge with { InvoiceId = draft.InvoiceId });
    }
}
