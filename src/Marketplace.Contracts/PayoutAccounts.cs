namespace Marketplace.Contracts;

/// <summary>Says who can be paid.</summary>
public interface IPayoutAccounts
{
    /// <summary>Whether an organisation has an account at the payment service that its shares can be transferred to.</summary>
    Task<bool> HasOneAsync(OrganisationId organisation, CancellationToken cancellationToken);
}
