using System.Collections.Concurrent;
using System.Security.Cryptography;
using Marketplace.Contracts;

namespace Marketplace.Metering;

/// <summary>
/// Checks signatures of machines with keys that are kept ready: to read a key and make it fit for use costs six times the check.
/// It remembers no judgement: whether a key is enrolled or revoked is asked anew for every batch. Safe for any number of threads.
/// </summary>
public sealed class VerifyingKeys
{
    private const int MaxKeys = 4096;
    private readonly ConcurrentDictionary<EnrolmentId, ReadyKey> ready = new();

    /// <summary>Whether a signature is the key's over the batch that has a hash.</summary>
    /// <param name="batchHash">As <see cref="ReadingBatchFormat.Hash"/> gives it.</param>
    /// <param name="signature">As <see cref="ReadingBatchFormat.Sign"/> gives it.</param>
    /// <param name="key">The machine's key.</param>
    public bool Verify(string batchHash, string signature, MachineKey key)
    {
        if (!ready.TryGetValue(key.Id, out var kept) || !kept.Is(key))
        {
            // Emptied rather than aged: a full house is rare, and every key is soon back.
            if (ready.Count >= MaxKeys) ready.Clear();
            kept = new ReadyKey(key);
            ready[key.Id] = kept;
        }

        return kept.Verify(batchHash, signature);
    }

    private sealed class ReadyKey
    {
        private readonly byte[] publicKey;

        // Not disposed: another thread may be using it when it is forgotten. Its handle frees itself.
        private readonly ECDsa verifier = ECDsa.Create();

        public ReadyKey(MachineKey key)
        {
            publicKey = key.PublicKey;
            verifier.ImportSubjectPublicKeyInfo(publicKey, out _);
        }

        public bool Is(MachineKey key) => publicKey.AsSpan().SequenceEqual(key.PublicKey);

        public bool Verify(string batchHash, string signature)
        {
            // One at a time, as the platform asks; a machine's batches come one after the other anyway.
            lock (verifier) return ReadingBatchFormat.VerifyHash(batchHash, signature, verifier);
        }
    }
}
