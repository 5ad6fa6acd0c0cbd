using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Marketplace.Client.Models;

namespace Marketplace.Client;

public sealed partial class MarketplaceClient
{
    /// <summary>Invoices everything that is unbilled now. Needs the scope <c>finance:write</c>.</summary>
    public Task<RunModel> StartBillingRunAsync(string idempotencyKey, CancellationToken cancellationToken = default) =>
        CreateAsync("/v1/billing-runs", idempotencyKey, BillingJson.Default.RunModel, cancellationToken);

    /// <summary>Pays out everything that buyers have paid. Needs the scope <c>finance:write</c>.</summary>
    public Task<RunModel> StartPayoutRunAsync(string idempotencyKey, CancellationToken cancellationToken = default) =>
        CreateAsync("/v1/payout-runs", idempotencyKey, BillingJson.Default.RunModel, cancellationToken);

    /// <summary>Lists the organisation's invoices, newest first; with the scope <c>finance:read</c> and no organisation, everyone's.</summary>
    /// <param name="limit">1 to 200.</param>
    /// <param name="cursor">From the page before; null for the first.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<Page<InvoiceModel>> ListInvoicesAsync(int limit = 50, string? cursor = null, CancellationToken cancellationToken = default) =>
        GetAsync(
            WithQuery("/v1/invoices", ("limit", limit.ToString(CultureInfo.InvariantCulture)), ("cursor", cursor)),
            BillingJson.Default.PageInvoiceModel,
            cancellationToken);

    /// <summary>Reads an invoice with its lines.</summary>
    public Task<InvoiceModel> GetInvoiceAsync(string invoiceId, CancellationToken cancellationToken = default) =>
        GetAsync($"/v1/invoices/{invoiceId}", BillingJson.Default.InvoiceModel, cancellationToken);

    /// <summary>Lists the organisation's payouts, newest first; with the scope <c>finance:read</c> and no organisation, everyone's.</summary>
    /// <param name="limit">1 to 200.</param>
    /// <param name="cursor">From the page before; null for the first.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<Page<PayoutModel>> ListPayoutsAsync(int limit = 50, string? cursor = null, CancellationToken cancellationToken = default) =>
        GetAsync(
            WithQuery("/v1/payouts", ("limit", limit.ToString(CultureInfo.InvariantCulture)), ("cursor", cursor)),
            BillingJson.Default.PagePayoutModel,
            cancellationToken);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(RunModel))]
[JsonSerializable(typeof(Page<InvoiceModel>))]
[JsonSerializable(typeof(Page<PayoutModel>))]
internal sealed partial class BillingJson : JsonSerializerContext;
