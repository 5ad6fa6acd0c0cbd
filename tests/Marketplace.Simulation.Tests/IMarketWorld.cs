using Marketplace.Simulation.Tests.Audit;
using Marketplace.Testing.Payments;
using NodaTime;

namespace Marketplace.Simulation.Tests;

/// <summary>A marketplace, whatever it is composed of, in which people act, time passes, and an onlooker sees what happens.</summary>
public interface IMarketWorld
{
    Witness Seen { get; }

    FakePaymentGateway Payments { get; }

    Instant Now { get; }

    /// <summary>A use case, in a scope that lives as long as the marketplace.</summary>
    T Get<T>()
        where T : notnull;

    /// <summary>Lets time pass, with faults, duplicates and disorder.</summary>
    Task PassAsync(Duration duration);
}
