using System.Diagnostics.CodeAnalysis;

namespace Marketplace.Trading.Book.Memory;

/// <summary>An order's place in a queue: its level plus 1 (0 for none), its neighbours plus 1 (0 for none), and its place in time.</summary>
internal struct Place
{
    public long Priority;
    public int Level;
    public int Before;
    public int After;

    public readonly bool IsQueued => Level > 0;
}

/// <summary>A slot that can be queued.</summary>
internal interface IPlaced
{
    [UnscopedRef]
    ref Place Place { get; }
}
