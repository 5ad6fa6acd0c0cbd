using Marketplace.Billing.Rows;
using Marketplace.Contracts;
using Marketplace.Runtime;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Work;

namespace Marketplace.Billing.OpenAccount;

/// <summary>What rating must know of an organisation.</summary>
/// <param name="CountryCode">ISO 3166-1 alpha-2; null where unknown.</param>
public sealed record KnownParty(string? CountryCode)
{
    /// <summary>Reads an organisation's country.</summary>
    /// <exception cref="InvalidOperationException">Its registration has not arrived yet: try again.</exception>
    internal static async Task<string?> ReadCountryAsync(IPartitionStore store, OrganisationId organisation, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync(BillingRows.Of(organisation), BillingRows.Party, cancellationToken) is { } row)
            return MarketplaceJson.Deserialize<KnownParty>(row.Body).CountryCode;

        // An account without this row was opened before countries counted: the default plans hold for it.
        return await store.ReadAsync(BillingRows.Of(organisation), BillingRows.Account, cancellationToken) is not null
            ? null
            : throw new InvalidOperationException($"The organisation {organisation} is not known yet.");
    }
}

/// <summary>Notes an organisation's country. The payment service is not asked, so that rating never waits for it.</summary>
public sealed class NoteCountryHandler(Workspace workspace) : IMessageHandler<OrganisationRegistered>
{
    /// <inheritdoc/>
    public Task HandleAsync(OrganisationRegistered message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(
            BillingRows.Of(message.OrganisationId),
            context,
            async work =>
            {
                _ = await work.ReadAsync<KnownParty>(BillingRows.Party, cancellationToken);
                work.Put(BillingRows.Party, new KnownParty(message.CountryCode));
            },
            cancellationToken);
}
