using Marketplace.Runtime.Store;
using Marketplace.Testing.Store;

namespace Marketplace.Benchmarks.Measure;

/// <summary>What is committed through a store, with bodies that are arrays of their own: a bare loop's work.</summary>
internal sealed class RecordedCommits
{
    private readonly List<Commit> commits = [];

    public IReadOnlyList<Commit> Commits => commits;

    /// <summary>The bytes of all bodies.</summary>
    public double BodyBytes => commits.Sum(c => c.Operations.Sum(o => (double)o.Body.Length));

    /// <summary>A store that records what it commits.</summary>
    public IPartitionStore Over(IPartitionStore store) => new FaultyPartitionStore(store, Record);

    private StoreFault Record(StoreCall call)
    {
        if (call.Commit is { } commit)
        {
            commits.Add(commit with { Operations = [.. commit.Operations.Select(o => o with { Body = o.Body.ToArray() })], Receipt = commit.Receipt.ToArray() });
        }

        return StoreFault.None;
    }
}
