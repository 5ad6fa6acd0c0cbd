namespace Marketplace.StripeDouble.Faults;

/// <summary>The faults that are still to come.</summary>
public sealed class FaultPlan
{
    private readonly Lock gate = new();
    private readonly List<Fault> planned = [];

    /// <summary>Adds a fault behind those planned before.</summary>
    public void Add(Fault fault)
    {
        lock (gate) planned.Add(fault);
    }

    /// <summary>Forgets all faults.</summary>
    public void Clear()
    {
        lock (gate) planned.Clear();
    }

    /// <summary>Takes the first fault for a request, if there is one.</summary>
    internal FaultKind? Take(string method, string path)
    {
        lock (gate)
        {
            var index = planned.FindIndex(fault =>
                path.Contains(fault.PathContains, StringComparison.Ordinal) && (fault.Method.Length == 0 || fault.Method == method));
            if (index < 0) return null;
            var fault = planned[index];
            if (fault.Times > 1) planned[index] = fault with { Times = fault.Times - 1 };
            else planned.RemoveAt(index);
            return fault.Kind;
        }
    }
}
