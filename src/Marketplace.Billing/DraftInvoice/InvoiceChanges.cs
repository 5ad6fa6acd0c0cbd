using Marketplace.Billing.Rows;
using Marketplace.Runtime;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Work;

namespace Marketplace.Billing.DraftInvoice;

/// <summary>Reads and changes one invoice.</summary>
internal static class InvoiceChanges
{
    public static async Task<Invoice> LoadInvoiceAsync(
        this Workspace workspace, OrganisationId buyer, InvoiceId invoiceId, CancellationToken cancellationToken) =>
        await workspace.Store.ReadAsync(BillingRows.Of(buyer), BillingRows.Invoice(invoiceId), cancellationToken) is { } row
            ? MarketplaceJson.Deserialize<Invoice>(row.Body)
            : throw new InvariantException($"The invoice {invoiceId} is gone.");

    /// <summary>Changes the invoice, and what hangs on it, as it stands when the message commits.</summary>
    public static Task<bool> ChangeInvoiceAsync(
        this Workspace workspace,
        OrganisationId buyer,
        InvoiceId invoiceId,
        MessageContext context,
        Func<PartitionWork, Invoice, Task> change,
        CancellationToken cancellationToken) =>
        workspace.HandleAsync(
            BillingRows.Of(buyer),
            context,
            async work => await change(work, (await work.ReadAsync<Invoice>(BillingRows.Invoice(invoiceId), cancellationToken))!),
            cancellationToken);

    /// <summary>Changes the invoice as it stands when the message commits.</summary>
    public static Task<bool> ChangeInvoiceAsync(
        this Workspace workspace,
        OrganisationId buyer,
        InvoiceId invoiceId,
        MessageContext context,
        Action<PartitionWork, Invoice> change,
        CancellationToken cancellationToken) =>
        workspace.HandleAsync(
            BillingRows.Of(buyer),
            context,
            async work => change(work, (await work.ReadAsync<Invoice>(BillingRows.Invoice(invoiceId), cancellationToken))!),
            cancellationToken);
}
