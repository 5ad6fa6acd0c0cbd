namespace Marketplace.Billing.RateUsage;

/// <summary>Who has what of an amount that a buyer pays: provider, platform, state.</summary>
/// <param name="Share">The provider's.</param>
/// <param name="Fee">The platform's.</param>
/// <param name="Tax">The state's.</param>
public sealed record ChargeParts(Money Share, Money Fee, Money Tax)
{
    /// <summary>Nothing, in a currency.</summary>
    public static ChargeParts None(Currency currency) => new(Money.Zero(currency), Money.Zero(currency), Money.Zero(currency));

    /// <summary>What the buyer pays.</summary>
    public Money Total() => Share + Fee + Tax;

    /// <summary>
    /// The parts of a smaller amount, in proportion, by largest remainder. No part is more than there is, so that what is left can be
    /// taken too, and all that is taken is what there was.
    /// </summary>
    /// <param name="amount">Zero up to the total.</param>
    public ChargeParts Take(Money amount)
    {
        InvariantException.Require(!amount.IsNegative && amount <= Total(), $"{amount} cannot be taken of {Total()}.");
        if (amount.IsZero) return None(amount.Currency);
        var taken = amount.Split([Share.MinorUnits, Fee.MinorUnits, Tax.MinorUnits]);
        return new ChargeParts(taken[0], taken[1], taken[2]);
    }

    /// <summary>Sum, part by part.</summary>
    public static ChargeParts operator +(ChargeParts left, ChargeParts right) =>
        new(left.Share + right.Share, left.Fee + right.Fee, left.Tax + right.Tax);

    /// <summary>Difference, part by part.</summary>
    public static ChargeParts operator -(ChargeParts left, ChargeParts right) =>
        new(left.Share - right.Share, left.Fee - right.Fee, left.Tax - right.Tax);
}
