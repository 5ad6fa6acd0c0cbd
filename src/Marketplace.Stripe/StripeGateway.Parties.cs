using Marketplace.Billing.Payments;
using NodaTime;
using Stripe;

namespace Marketplace.Stripe;

/// <content>Customers and connected accounts.</content>
public sealed partial class StripeGateway
{
    /// <inheritdoc/>
    public async Task<string> EnsureCustomerAsync(PaymentParty party, Instant firstTriedAt, CancellationToken cancellationToken)
    {
        var create = new CustomerCreateOptions
        {
            Name = party.Name,
            Email = party.Email,
            PaymentMethod = options.TestPaymentMethod,
            Metadata = new() { [MetadataNames.Organisation] = party.OrganisationId.ToString() },
        };
        if (options.TestPaymentMethod is { } method) create.InvoiceSettings = new CustomerInvoiceSettingsOptions { DefaultPaymentMethod = method };
        var customer = await Write(
            $"customer:{party.OrganisationId}",
            firstTriedAt,
            () => FindCustomer(party.OrganisationId, cancellationToken),
            request => client.V1.Customers.CreateAsync(create, request, cancellationToken),
            cancellationToken);
        return customer.Id;
    }

    /// <inheritdoc/>
    public async Task<string> EnsureConnectedAccountAsync(PaymentParty party, Instant firstTriedAt, CancellationToken cancellationToken)
    {
        var create = new AccountCreateOptions
        {
            Type = "express",
            Country = options.AccountCountry,
            Email = party.Email,
            BusinessProfile = new AccountBusinessProfileOptions { Name = party.Name },
            Capabilities = new AccountCapabilitiesOptions { Transfers = new AccountCapabilitiesTransfersOptions { Requested = true } },
            Metadata = new() { [MetadataNames.Organisation] = party.OrganisationId.ToString() },
        };
        var account = await Write(
            $"account:{party.OrganisationId}",
            firstTriedAt,
            () => FindAccount(party.OrganisationId, firstTriedAt, cancellationToken),
            request => client.V1.Accounts.CreateAsync(create, request, cancellationToken),
            cancellationToken);
        return account.Id;
    }

    private async Task<Customer?> FindCustomer(OrganisationId organisation, CancellationToken cancellationToken)
    {
        var query = $"metadata['{MetadataNames.Organisation}']:'{organisation}'";
        var found = await client.V1.Customers.SearchAsync(
            new CustomerSearchOptions { Query = query, Limit = 1 }, cancellationToken: cancellationToken);
        return found.Data.FirstOrDefault();
    }

    /// <summary>Accounts can't be searched, so those made since the first try are looked through.</summary>
    private async Task<Account?> FindAccount(OrganisationId organisation, Instant firstTriedAt, CancellationToken cancellationToken)
    {
        var since = (firstTriedAt - Duration.FromHours(1)).ToDateTimeUtc();
        var list = new AccountListOptions { Limit = 100, Created = new DateRangeOptions { GreaterThanOrEqual = since } };
        await foreach (var account in client.V1.Accounts.ListAutoPagingAsync(list, cancellationToken: cancellationToken))
        {
            if (account.Metadata?.GetValueOrDefault(MetadataNames.Organisation) == organisation.ToString()) return account;
        }

        return null;
    }
}
