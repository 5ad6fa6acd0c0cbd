using Marketplace.Contracts;

namespace Marketplace.Ledger;

/// <summary>What an entry does to one account.</summary>
internal readonly record struct AccountEffect(Account Account, Money Posted, Money Pending, int Postings)
{
    /// <summary>Per account that the entry touches, in the order of their names.</summary>
    public static IReadOnlyList<AccountEffect> Of(LedgerEntry entry)
    {
        var zero = Money.Zero(entry.Entry.Currency);
        var effects = entry.Entry.Postings.Select(p => new AccountEffect(p.Account, p.Amount, zero, 1));
        if (entry.Hold is { } hold)
        {
            effects = effects.Append(new AccountEffect(hold.Account, zero, hold.Pending, 0))
                .Append(new AccountEffect(new Account(AccountKind.Hold, hold.Account.Owner), zero, -hold.Pending, 0));
        }

        return
        [
            .. effects.GroupBy(e => e.Account).OrderBy(g => g.Key.ToString(), StringComparer.Ordinal).Select(g => g.Aggregate((a, b) =>
                new AccountEffect(a.Account, a.Posted + b.Posted, a.Pending + b.Pending, a.Postings + b.Postings))),
        ];
    }
}
