using Marketplace.Runtime.Store;

namespace Marketplace.Testing.Store;

/// <summary>What a store may do to its caller besides working.</summary>
public enum StoreFault
{
    /// <summary>Works.</summary>
    None,

    /// <summary>Fails before it did anything: no network, no disk.</summary>
    ThrowBefore,

    /// <summary>Does it, then fails: the answer got lost on the way.</summary>
    ThrowAfter,

    /// <summary>Answers a commit with a conflict and changes nothing: somebody else was faster.</summary>
    Conflict,

    /// <summary>Answers a page read with an empty page that has a continuation, as Azure tables may.</summary>
    EmptyPage,
}

/// <summary>One call on a store, for the fault hook to look at.</summary>
/// <param name="Number">Counts the calls of one store from 1.</param>
/// <param name="Partition">What it touches.</param>
/// <param name="Commit">The commit, or null when it reads.</param>
/// <param name="ReadsPage">Whether it reads a page.</param>
public sealed record StoreCall(long Number, PartitionId Partition, Commit? Commit, bool ReadsPage);

/// <summary>The exception of an injected fault.</summary>
public sealed class InjectedStoreFaultException(StoreFault fault, StoreCall call)
    : IOException($"Injected: {fault} at call {call.Number} on {call.Partition}.")
{
    public StoreFault Fault { get; } = fault;
}
