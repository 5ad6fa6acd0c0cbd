using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;

namespace Marketplace.Kernel;

/// <summary>A reading as its machine states it, before anyone has judged it. Times and state are text, so that what is signed is what was said.</summary>
/// <param name="Sequence">Counts the lease's readings up, from 1.</param>
/// <param name="From">First instant, RFC 3339 in UTC at a whole second: <c>2026-11-23T09:00:00Z</c>.</param>
/// <param name="To">The instant after the last, in the same form.</param>
/// <param name="GpuSeconds">GPUs that served the buyer, times the seconds that they did.</param>
/// <param name="State"><c>serving</c>, or <c>down</c> with no GPU-seconds.</param>
public sealed record SignedReading(long Sequence, string From, string To, long GpuSeconds, string State);

/// <summary>
/// The bytes of a batch of readings that a machine signs and the marketplace checks: the one place that defines them.
/// ASCII lines, each ended by a line feed: <c>gpu-hour readings v1</c>, the lease's id, the id of the machine's key, the hash of the
/// batch before it, the number of readings, then per reading <c>sequence,from,to,gpuSeconds,state</c> in the order sent. A batch's
/// hash is the SHA-256 of these bytes, in lower-case hex; the signature is not part of them, so that signing anew gives the same batch.
/// </summary>
public static class ReadingBatchFormat
{
    /// <summary>The most readings of a batch.</summary>
    public const int MaxReadings = 1000;

    /// <summary>The longest time or state text.</summary>
    public const int MaxTextLength = 40;

    /// <summary>The most bytes of a reading: three texts, two numbers of 20 characters, and the signs between them.</summary>
    private const int MaxReadingBytes = (3 * MaxTextLength) + (2 * 20) + 5;

    private const int SignatureBytes = 64;
    private const int MaxHeaderBytes = 256;

    /// <summary>Visible ASCII without the comma.</summary>
    private static readonly SearchValues<char> TextCharacters =
        SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Select(c => (char)c).Where(c => c != ',')]);

    /// <summary>The first line.</summary>
    internal static ReadOnlySpan<byte> Title => "gpu-hour readings v1"u8;

    /// <summary>What the first batch of a lease names as the batch before it: 64 zeros.</summary>
    public static string NoBatch { get; } = new('0', 64);

    /// <summary>Whether a text may stand in a reading: 1 to <see cref="MaxTextLength"/> visible ASCII characters other than a comma.</summary>
    public static bool IsText(string? text) =>
        text is { Length: >= 1 and <= MaxTextLength } && !text.AsSpan().ContainsAnyExcept(TextCharacters);

    /// <summary>Whether a text is a hash: 64 lower-case hex digits.</summary>
    public static bool IsHash(string? text) =>
        text is { Length: 64 } && text.All(c => c is (>= '0' and <= '9') or (>= 'a' and <= 'f'));

    /// <summary>The canonical bytes of a batch.</summary>
    /// <exception cref="ArgumentException">A text could be read in two ways, the previous hash is none, or there are too many readings.</exception>
    public static byte[] ToBytes(LeaseId lease, EnrolmentId machineKey, string previousBatchHash, IReadOnlyList<SignedReading> readings)
    {
        if (!IsHash(previousBatchHash)) throw new ArgumentException($"'{previousBatchHash}' is no hash.", nameof(previousBatchHash));
        if (readings.Count > MaxReadings) throw new ArgumentException($"A batch has up to {MaxReadings} readings, not {readings.Count}.", nameof(readings));
        // Straight to bytes: as one string, a batch would be an object so large that only a collection of the whole heap frees it.
        var buffer = ArrayPool<byte>.Shared.Rent(MaxHeaderBytes + (readings.Count * MaxReadingBytes));
        var fits = Utf8.TryWrite(
            buffer, CultureInfo.InvariantCulture, $"{Title}\n{lease}\n{machineKey}\n{previousBatchHash}\n{readings.Count}\n", out var length);
        InvariantException.Require(fits, "The head of a batch is longer than its texts may be.");
        foreach (var reading in readings)
        {
            if (!IsText(reading.From) || !IsText(reading.To) || !IsText(reading.State))
            {
                throw new ArgumentException($"Reading {reading.Sequence} has a text that cannot be signed.", nameof(readings));
            }

            length += WriteReading(reading, buffer.AsSpan(length));
            buffer[length++] = (byte)'\n';
        }

        var bytes = buffer.AsSpan(0, length).ToArray();
        ArrayPool<byte>.Shared.Return(buffer);
        return bytes;
    }

    private static int WriteReading(SignedReading reading, Span<byte> bytes)
    {
        var length = Number(reading.Sequence, bytes);
        length += Text(reading.From, bytes[length..]);
        length += Text(reading.To, bytes[length..]);
        bytes[length++] = (byte)',';
        length += Number(reading.GpuSeconds, bytes[length..]);
        return length + Text(reading.State, bytes[length..]);

        static int Number(long number, Span<byte> bytes) => number.TryFormat(bytes, out var written, default, CultureInfo.InvariantCulture)
            ? written
            : throw new ArgumentException("There is no room for the reading.", nameof(bytes));

        static int Text(string text, Span<byte> bytes)
        {
            bytes[0] = (byte)',';
            if (Ascii.FromUtf16(text, bytes[1..], out var written) != OperationStatus.Done) throw new ArgumentException("There is no room for the reading.", nameof(bytes));
            return 1 + written;
        }
    }

    /// <summary>The hash of a batch, which the next batch names.</summary>
    public static string Hash(ReadOnlySpan<byte> batch) => Convert.ToHexStringLower(SHA256.HashData(batch));

    /// <summary>
    /// What a buyer's key signs to countersign a batch, ASCII lines: <c>gpu-hour readings countersignature v1</c> and the batch's
    /// hash, which fixes the lease, the machine's key, all readings and all batches before. So no machine's signature passes for it.
    /// </summary>
    /// <exception cref="ArgumentException">It is no hash.</exception>
    public static byte[] ToCountersignedBytes(string batchHash) => IsHash(batchHash)
        ? Encoding.ASCII.GetBytes($"gpu-hour readings countersignature v1\n{batchHash}\n")
        : throw new ArgumentException($"'{batchHash}' is no hash.", nameof(batchHash));

    /// <summary>Signs a batch with the machine's key: ECDSA P-256 with SHA-256, r and s of 32 bytes each, in base64.</summary>
    public static string Sign(ReadOnlySpan<byte> batch, ECDsa machineKey)
    {
        Span<byte> signature = stackalloc byte[SignatureBytes];
        var written = machineKey.SignData(batch, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        if (written != SignatureBytes) throw new ArgumentException("The key is not on P-256.", nameof(machineKey));
        return Convert.ToBase64String(signature);
    }

    /// <summary>Whether a signature is the key's over the batch. False for anything that is no signature.</summary>
    /// <param name="batch">The canonical bytes.</param>
    /// <param name="signature">As <see cref="Sign"/> gives it.</param>
    /// <param name="publicKey">SubjectPublicKeyInfo, DER, of a P-256 key.</param>
    public static bool Verify(ReadOnlySpan<byte> batch, string signature, ReadOnlySpan<byte> publicKey)
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(publicKey, out _);
        return VerifyHash(Hash(batch), signature, key);
    }

    /// <summary>The same with the batch's hash and a key that is ready for use.</summary>
    /// <param name="batchHash">As <see cref="Hash"/> gives it.</param>
    /// <param name="signature">As <see cref="Sign"/> gives it.</param>
    /// <param name="key">A public key.</param>
    public static bool VerifyHash(string batchHash, string signature, ECDsa key)
    {
        Span<byte> bytes = stackalloc byte[SignatureBytes];
        return IsHash(batchHash)
            && signature.Length == 88 && Convert.TryFromBase64String(signature, bytes, out var length) && length == SignatureBytes
            && key.KeySize == 256
            && key.VerifyHash(Convert.FromHexString(batchHash), bytes, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }
}
