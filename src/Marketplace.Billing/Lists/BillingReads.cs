using Marketplace.Billing.CreditInvoice;
using Marketplace.Billing.Disputes;
using Marketplace.Billing.DraftInvoice;
using Marketplace.Billing.PayProviders;
using Marketplace.Billing.Prepaid;
using Marketplace.Billing.Rows;
using Marketplace.Billing.StartRun;
using Marketplace.Runtime;
using Marketplace.Runtime.Store;

namespace Marketplace.Billing.Lists;

/// <summary>A part of a list, newest first.</summary>
/// <param name="Items">The items.</param>
/// <param name="Next">The id behind which the list goes on; null at its end.</param>
public sealed record Part<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>Reads invoices, payouts and top-ups: an organisation's own, or, for finance, everyone's.</summary>
public sealed class BillingReads(IPartitionStore store)
{
    /// <summary>A buyer's invoices; everyone's if no buyer is given.</summary>
    /// <param name="buyer">Whose.</param>
    /// <param name="limit">The most items, 1 or more.</param>
    /// <param name="after">The last id of the part before; null for the first part.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<Part<Invoice>> ListInvoicesAsync(OrganisationId? buyer, int limit, InvoiceId? after, CancellationToken cancellationToken) =>
        ListAsync<Invoice>(
            buyer, BillingIndex.Invoices, BillingRows.InvoicePrefix, limit, after is { } id ? BillingRows.Invoice(id) : null,
            invoice => invoice.InvoiceId.ToString(), cancellationToken);

    /// <summary>A provider's payouts; everyone's if no provider is given.</summary>
    /// <param name="provider">Whose.</param>
    /// <param name="limit">The most items, 1 or more.</param>
    /// <param name="after">The last id of the part before; null for the first part.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<Part<Payout>> ListPayoutsAsync(OrganisationId? provider, int limit, PayoutId? after, CancellationToken cancellationToken) =>
        ListAsync<Payout>(
            provider, BillingIndex.Payouts, BillingRows.PayoutPrefix, limit, after is { } id ? BillingRows.Payout(id) : null,
            payout => payout.PayoutId.ToString(), cancellationToken);

    /// <summary>A buyer's top-ups; everyone's if no buyer is given.</summary>
    /// <param name="buyer">Whose.</param>
    /// <param name="limit">The most items, 1 or more.</param>
    /// <param name="after">The last id of the part before; null for the first part.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<Part<(TopUp TopUp, Money Unused)>> ListTopUpsAsync(OrganisationId? buyer, int limit, TopUpId? after, CancellationToken cancellationToken)
    {
        var part = await ListAsync<TopUp>(
            buyer, BillingIndex.TopUps, BillingRows.TopUpPrefix, limit, after is { } id ? BillingRows.TopUp(id) : null,
            topUp => topUp.TopUpId.ToString(), cancellationToken);
        var items = new List<(TopUp, Money)>();
        foreach (var topUp in part.Items) items.Add((topUp, await ReadUnusedAsync(topUp, cancellationToken)));
        return new Part<(TopUp TopUp, Money Unused)>(items, part.Next);
    }

    /// <summary>A buyer's top-up, or anyone's if no buyer is given, with what is left of it. Null if there is none.</summary>
    public async Task<(TopUp TopUp, Money Unused)?> FindTopUpAsync(OrganisationId? buyer, TopUpId topUpId, CancellationToken cancellationToken) =>
        await FindAsync<TopUp>(buyer, BillingIndex.TopUps, BillingRows.TopUp(topUpId), cancellationToken) is { } topUp
            ? (topUp, await ReadUnusedAsync(topUp, cancellationToken))
            : null;

    /// <summary>A run; null if there is none.</summary>
    public async Task<Run?> FindRunAsync(RunId runId, CancellationToken cancellationToken) =>
        await store.ReadAsync(BillingRows.Runs, BillingRows.Run(runId), cancellationToken) is { } row
            ? MarketplaceJson.Deserialize<Run>(row.Body)
            : null;

    /// <summary>A buyer's invoice, or anyone's if no buyer is given. Null if there is none.</summary>
    public Task<Invoice?> FindInvoiceAsync(OrganisationId? buyer, InvoiceId invoiceId, CancellationToken cancellationToken) =>
        FindAsync<Invoice>(buyer, BillingIndex.Invoices, BillingRows.Invoice(invoiceId), cancellationToken);

    /// <summary>An invoice's credit notes, oldest first.</summary>
    public IAsyncEnumerable<CreditNote> ListCreditNotesAsync(Invoice invoice, CancellationToken cancellationToken) =>
        ReadAsync<CreditNote>(invoice.Buyer, BillingRows.CreditNotes(invoice.InvoiceId), cancellationToken);

    /// <summary>An invoice's refunds, oldest first.</summary>
    public IAsyncEnumerable<Refund> ListRefundsAsync(Invoice invoice, CancellationToken cancellationToken) =>
        ReadAsync<Refund>(invoice.Buyer, BillingRows.Refunds(invoice.InvoiceId), cancellationToken);

    /// <summary>Disputes of an organisation, as buyer or as provider, newest first; everyone's if none is given.</summary>
    /// <param name="party">Whose.</param>
    /// <param name="limit">The most items, 1 or more.</param>
    /// <param name="after">The last id of the part before; null for the first part.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<Part<Dispute>> ListDisputesAsync(OrganisationId? party, int limit, DisputeId? after, CancellationToken cancellationToken)
    {
        var range = RowRange.StartingWith(BillingRows.DisputePrefix);
        if (after is { } last) range = range.After(BillingRows.Dispute(last));
        var items = new List<Dispute>();
        await foreach (var entry in store.ReadRangeAsync(BillingIndex.Partition(BillingIndex.Disputes(party)), range, cancellationToken))
        {
            if (items.Count == limit) return new Part<Dispute>(items, items[^1].DisputeId.ToString());
            items.Add(MarketplaceJson.Deserialize<Dispute>((await Follow(entry, cancellationToken)).Body));
        }

        return new Part<Dispute>(items, null);
    }

    /// <summary>A dispute that an organisation is a side of, or anyone's if none is given. Null if there is none.</summary>
    public async Task<Dispute?> FindDisputeAsync(OrganisationId? party, DisputeId disputeId, CancellationToken cancellationToken)
    {
        var index = BillingIndex.Partition(BillingIndex.Disputes(party));
        return await store.ReadAsync(index, BillingRows.Dispute(disputeId), cancellationToken) is { } entry
            ? MarketplaceJson.Deserialize<Dispute>((await Follow(entry, cancellationToken)).Body)
            : null;
    }

    private async Task<T?> FindAsync<T>(OrganisationId? owner, string index, string key, CancellationToken cancellationToken)
        where T : class
    {
        if (owner is null)
        {
            var entry = await store.ReadAsync(BillingIndex.Partition(index), key, cancellationToken);
            if (entry is null) return null;
            owner = MarketplaceJson.Deserialize<IndexRow>(entry.Body).Organisation;
        }

        var row = await store.ReadAsync(BillingRows.Of(owner.Value), key, cancellationToken);
        return row is null ? null : MarketplaceJson.Deserialize<T>(row.Body);
    }

    private async Task<Money> ReadUnusedAsync(TopUp topUp, CancellationToken cancellationToken)
    {
        var currency = topUp.Amount.Currency;
        return await store.ReadAsync(BillingRows.Of(topUp.Buyer), BillingRows.Prepaid(currency), cancellationToken) is { } row
            ? MarketplaceJson.Deserialize<PrepaidFunds>(row.Body).Of(topUp.TopUpId, currency)
            : Money.Zero(currency);
    }

    private IAsyncEnumerable<T> ReadAsync<T>(OrganisationId owner, string prefix, CancellationToken cancellationToken) =>
        store.ReadRangeAsync(BillingRows.Of(owner), RowRange.StartingWith(prefix), cancellationToken)
            .Select(row => MarketplaceJson.Deserialize<T>(row.Body));

    private async Task<Part<T>> ListAsync<T>(
        OrganisationId? owner, string index, string prefix, int limit, string? after, Func<T, string> id, CancellationToken cancellationToken)
    {
        var partition = owner is { } own ? BillingRows.Of(own) : BillingIndex.Partition(index);
        var range = RowRange.StartingWith(prefix);
        if (after is not null) range = range.After(after);
        var items = new List<T>();
        await foreach (var found in store.ReadRangeAsync(partition, range, cancellationToken))
        {
            if (items.Count == limit) return new Part<T>(items, id(items[^1]));
            var row = owner is null ? await Follow(found, cancellationToken) : found;
            items.Add(MarketplaceJson.Deserialize<T>(row.Body));
        }

        return new Part<T>(items, null);
    }

    private async Task<Entity> Follow(Entity entry, CancellationToken cancellationToken) =>
        await store.ReadAsync(BillingRows.Of(MarketplaceJson.Deserialize<IndexRow>(entry.Body).Organisation), entry.RowKey, cancellationToken)
            ?? throw new InvariantException($"The indexed row {entry.RowKey} is gone.");
}
