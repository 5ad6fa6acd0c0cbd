namespace Marketplace.BenchmarkWorker.Gpu;

/// <summary>
/// The digests of the rounds in flight on their way to the host: each has its own pinned memory and its own mark on the stream, so
/// that the device may work on the next round while the host takes up the last.
/// </summary>
internal sealed class RoundSlots : IDisposable
{
    private readonly GpuContext context;
    private readonly PinnedMemory[] pinned;
    private readonly GpuEvent[] arrived;
    private readonly (int Round, ulong[]? To)[] awaited;

    /// <summary>Makes the slots.</summary>
    /// <param name="context">The device.</param>
    /// <param name="bytes">Bytes of a round's digests.</param>
    /// <param name="inFlight">Rounds begun and not ended at most, 1 or more.</param>
    public RoundSlots(GpuContext context, long bytes, int inFlight)
    {
        this.context = context;
        awaited = new (int, ulong[]?)[inFlight];
        pinned = new PinnedMemory[inFlight];
        arrived = new GpuEvent[inFlight];
        try
        {
            for (var i = 0; i < inFlight; i++) (pinned[i], arrived[i]) = (context.AllocatePinned(bytes), context.CreateEvent());
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Queues the copy of a round's digests, behind the kernels that make them.</summary>
    public void Fetch(int round, DeviceMemory digests, ulong[] to)
    {
        var slot = round % pinned.Length;
        InvariantException.Require(to.Length * 8L == digests.Bytes, "There is room for exactly the round's digests.");
        context.Check(context.Driver.CopyToHost(pinned[slot].Address, digests.Address, (nuint)digests.Bytes, context.Stream), "copy digests");
        arrived[slot].Record();

        // A round that was never ended belongs to a session that was given up.
        awaited[slot] = (round, to);
    }

    /// <summary>Waits for a round's digests and hands them over.</summary>
    public void Receive(int round)
    {
        var slot = round % pinned.Length;
        InvariantException.Require(awaited[slot].Round == round && awaited[slot].To is not null, "A round is ended once, after it was begun.");
        arrived[slot].Wait();
        pinned[slot].Words.CopyTo(awaited[slot].To);
        awaited[slot] = default;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var memory in pinned) memory?.Dispose();
        foreach (var mark in arrived) mark?.Dispose();
    }
}
