using Marketplace.Testing.Store;

namespace Marketplace.Simulation.Tests.Doubles;

/// <summary>Faults of the store and of the payment service, drawn from a seed while they are on: people's own requests then succeed.</summary>
/// <param name="seed">Fixes the draws.</param>
/// <param name="storeRate">How often a call of the store fails.</param>
/// <param name="paymentRate">How often a call of the payment service fails: one message makes many, and has eight tries.</param>
public sealed class RandomFaults(int seed, double storeRate, double paymentRate)
{
    private readonly Random random = new(seed);

    public bool AreOn { get; set; }

    public StoreFault OfStore(StoreCall call)
    {
        if (!AreOn || random.NextDouble() >= storeRate) return StoreFault.None;
        if (call.ReadsPage) return StoreFault.EmptyPage;
        // A message reads many rows, and has eight tries.
        if (call.Commit is null) return random.Next(3) == 0 ? StoreFault.ThrowBefore : StoreFault.None;
        return random.Next(3) switch { 0 => StoreFault.ThrowBefore, 1 => StoreFault.ThrowAfter, _ => StoreFault.Conflict };
    }

    /// <summary>Whether a write of the payment service fails before (-1) or after its effect (1), or works (0).</summary>
    public int OfPayments() => AreOn && random.NextDouble() < paymentRate ? (random.Next(2) * 2) - 1 : 0;
}
