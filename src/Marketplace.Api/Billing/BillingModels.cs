using Marketplace.Api.Requests;
using Marketplace.Billing.DraftInvoice;
using Marketplace.Billing.PayProviders;
using Marketplace.Billing.StartRun;
using Marketplace.Client.Models;

namespace Marketplace.Api.Billing;

/// <summary>Billing's objects as they go over the wire.</summary>
internal static class BillingModels
{
    public static RunModel ToModel(this Run run) => new(run.RunId.ToString(), WireForms.Name(run.Purpose), run.StartedAt.ToWire());

    public static InvoiceModel ToModel(this Invoice invoice, bool withLines) => new(
        invoice.InvoiceId.ToString(),
        invoice.Buyer.ToString(),
        invoice.Period.ToString(),
        WireForms.Name(invoice.State),
        invoice.Total.ToModel(),
        invoice.Credited.ToModel(),
        invoice.Refunded.ToModel(),
        invoice.Due().ToModel(),
        invoice.Prepaid().ToModel(),
        invoice.Lines.Count,
        invoice.CreatedAt.ToWire(),
        invoice.FinalizedAt?.ToWire(),
        invoice.PaidAt?.ToWire(),
        [.. (invoice.Declined ?? []).Select(declined => new DeclinedPaymentModel(declined.Attempt, declined.At.ToWire()))],
        invoice.NextAttemptAt?.ToWire(),
        invoice.WriteOff?.Reason,
        invoice.ExternalId,
        withLines ? [.. invoice.Lines.Select(ToModel)] : null);

    public static PayoutModel ToModel(this Payout payout) => new(
        payout.PayoutId.ToString(),
        payout.Provider.ToString(),
        payout.InvoiceId.ToString(),
        WireForms.Name(payout.State),
        payout.Amount.ToModel(),
        payout.Offset.ToModel(),
        (payout.Amount - payout.Reversible()).ToModel(),
        payout.Shares.Count,
        payout.CreatedAt.ToWire(),
        payout.PaidAt?.ToWire(),
        payout.ExternalId);

    private static InvoiceLineModel ToModel(InvoicedCharge line) => new(
        line.UsageId.ToString(),
        line.LeaseId.ToString(),
        line.Provider.ToString(),
        line.Used.GpuSeconds,
        line.Price.ToModel(),
        line.Amount.ToModel(),
        line.Tax.ToModel(),
        line.TaxPlan,
        line.Credited.Total().ToModel(),
        line.Dispute?.ToString(),
        line.ChargePeriod.ToString(),
        line.IsCorrection,
        line.From.ToWire(),
        line.To.ToWire());
}
