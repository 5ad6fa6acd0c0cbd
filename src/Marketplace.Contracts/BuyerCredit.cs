using NodaTime;

namespace Marketplace.Contracts;

/// <summary>Says whether a buyer may commit itself to more. It reads what stands: two questions asked at once do not know of each other.</summary>
public interface IBuyerCredit
{
    /// <summary>Whether the buyer's credit covers a cost besides what it owes and what is held for its trades. True where it has no limit.</summary>
    /// <param name="buyer">The buyer.</param>
    /// <param name="cost">The most that it would pay, before tax.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<bool> CoversAsync(OrganisationId buyer, Money cost, CancellationToken cancellationToken);
}

/// <summary>What stands on an account.</summary>
/// <param name="Posted">The sum of its postings: debits positive, credits negative.</param>
/// <param name="Pending">What is held on it.</param>
public sealed record AccountStanding(Money Posted, Money Pending);

/// <summary>Reads the ledger's accounts.</summary>
public interface IAccountStandings
{
    /// <summary>An account in the journal of a currency; nothing where it has no entry.</summary>
    Task<AccountStanding> ReadAsync(Account account, Currency currency, CancellationToken cancellationToken);

    /// <summary>What the entries that are booked before an instant leave on each account of a kind; accounts on which that is nothing are left out.</summary>
    /// <param name="kind">A kind that organisations have accounts of.</param>
    /// <param name="currency">The journal.</param>
    /// <param name="before">The instant.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    IAsyncEnumerable<Posting> ListAsync(AccountKind kind, Currency currency, Instant before, CancellationToken cancellationToken);
}
