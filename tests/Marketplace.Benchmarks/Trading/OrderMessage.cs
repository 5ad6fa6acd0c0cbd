namespace Marketplace.Benchmarks.Trading;

/// <summary>What an order message asks for.</summary>
internal enum OrderAction
{
    /// <summary>A limit order to buy.</summary>
    Buy,

    /// <summary>A limit order to sell.</summary>
    Sell,

    /// <summary>Takes out an order that rests.</summary>
    Cancel,
}

/// <summary>A message of the reference workload.</summary>
/// <param name="Action">What it asks for.</param>
/// <param name="OrderId">The order: 1, 2, 3 and so on, in the order of arrival.</param>
/// <param name="Tick">The limit as a price tick, 0 to 99; 0 in a cancel.</param>
/// <param name="Quantity">1 to 10; 0 in a cancel.</param>
internal readonly record struct OrderMessage(OrderAction Action, int OrderId, int Tick, int Quantity);
