namespace Marketplace.BenchmarkWorker.Proof;

/// <summary>
/// Does the rounds of one workload and one shape on one device. Made, with all its buffers and compiled code, before the server's
/// clock starts. Calls come one at a time, but not always from the same thread.
/// </summary>
/// <remarks>
/// A round is begun and ended apart so that a device may work on the next while the host hashes the last: the seed chain lags by a
/// few rounds for that. At most lag + 1 rounds are begun and not ended. A device that works on the calling thread does it all in
/// <see cref="Begin"/>.
/// </remarks>
internal interface IRoundEngine : IDisposable
{
    /// <summary>How the arithmetic is done, as it is recorded: an instruction set, a library with its version, or a program of our own.</summary>
    string KernelPath { get; }

    /// <summary>Begins a round. Rounds are begun in order; round 0 begins a session anew whatever was before.</summary>
    /// <param name="round">0, 1, 2, …</param>
    /// <param name="seed">The round's seed, 32 bytes; copied before the call returns.</param>
    /// <param name="digests">Receives the digests of all tiles, chains or blocks in order; filled when <see cref="End"/> returns.</param>
    void Begin(int round, ReadOnlySpan<byte> seed, ulong[] digests);

    /// <summary>Waits until a round that was begun is done. Rounds are ended in order.</summary>
    void End(int round);

    /// <summary>
    /// A round's arithmetic or passes alone, on whatever the buffers hold, without generating or digesting; done when it returns. What
    /// the device reaches without the protocol.
    /// </summary>
    void RunBare();
}
