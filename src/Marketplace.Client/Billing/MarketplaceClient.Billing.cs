using System.Globalization;
using System.Net.Http.Json;
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

    /// <summary>Invoices a buyer's unbilled charges at once. Needs the scope <c>finance:write</c>.</summary>
    public Task<RunModel> InvoiceNowAsync(InvoiceNowRequest request, string idempotencyKey, CancellationToken cancellationToken = default) =>
        CreateAsync("/v1/invoices", request, BillingJson.Default.InvoiceNowRequest, idempotencyKey, BillingJson.Default.RunModel, cancellationToken);

    /// <summary>Reads when a provider is paid.</summary>
    public Task<PayoutTermsModel> GetPayoutTermsAsync(string organisationId, CancellationToken cancellationToken = default) =>
        GetAsync($"/v1/payout-terms/{organisationId}", BillingJson.Default.PayoutTermsModel, cancellationToken);

    /// <summary>Sets when a provider is paid. Needs the scope <c>finance:write</c>.</summary>
    public Task<PayoutTermsModel> SetPayoutTermsAsync(
        string organisationId, PayoutTermsModel terms, string idempotencyKey, CancellationToken cancellationToken = default) =>
        SendAsync(
            HttpMethod.Put, $"/v1/payout-terms/{organisationId}", () => JsonContent.Create(terms, BillingJson.Default.PayoutTermsModel), Keyed(idempotencyKey),
            BillingJson.Default.PayoutTermsModel, cancellationToken);

    /// <summary>Lowers a final invoice before it is paid. Needs the scope <c>finance:write</c>.</summary>
    public Task<CreditModel> IssueCreditNoteAsync(
        string invoiceId, CreditRequest request, string idempotencyKey, CancellationToken cancellationToken = default) =>
        CreateAsync(
            $"/v1/invoices/{invoiceId}/credit-notes", request, BillingJson.Default.CreditRequest, idempotencyKey, BillingJson.Default.CreditModel, cancellationToken);

    /// <summary>Gives back a part of a paid invoice. Needs the scope <c>finance:write</c>.</summary>
    public Task<CreditModel> RefundInvoiceAsync(
        string invoiceId, CreditRequest request, string idempotencyKey, CancellationToken cancellationToken = default) =>
        CreateAsync(
            $"/v1/invoices/{invoiceId}/refunds", request, BillingJson.Default.CreditRequest, idempotencyKey, BillingJson.Default.CreditModel, cancellationToken);

    /// <summary>Gives up an invoice that is not paid. Needs the scope <c>finance:write</c>.</summary>
    public Task<InvoiceModel> WriteOffInvoiceAsync(
        string invoiceId, WriteOffRequest request, string idempotencyKey, CancellationToken cancellationToken = default) =>
        CreateAsync(
            $"/v1/invoices/{invoiceId}/write-off", request, BillingJson.Default.WriteOffRequest, idempotencyKey, BillingJson.Default.InvoiceModel, cancellationToken);

    /// <summary>Lists an invoice's credit notes, oldest first.</summary>
    public Task<Page<CreditModel>> ListCreditNotesAsync(string invoiceId, CancellationToken cancellationToken = default) =>
        GetAsync($"/v1/invoices/{invoiceId}/credit-notes", BillingJson.Default.PageCreditModel, cancellationToken);

    /// <summary>Lists an invoice's refunds, oldest first.</summary>
    public Task<Page<CreditModel>> ListRefundsAsync(string invoiceId, CancellationToken cancellationToken = default) =>
        GetAsync($"/v1/invoices/{invoiceId}/refunds", BillingJson.Default.PageCreditModel, cancellationToken);

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

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RunModel))]
[JsonSerializable(typeof(Page<InvoiceModel>))]
[JsonSerializable(typeof(Page<PayoutModel>))]
[JsonSerializable(typeof(CreditRequest))]
[JsonSerializable(typeof(InvoiceNowRequest))]
[JsonSerializable(typeof(PayoutTermsModel))]
[JsonSerializable(typeof(WriteOffRequest))]
[JsonSerializable(typeof(Page<CreditModel>))]
internal sealed partial class BillingJson : JsonSerializerContext;
