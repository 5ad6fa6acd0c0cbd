using System.Buffers.Text;
using System.Text;

namespace Marketplace.Kernel;

/// <summary>What a batch of readings says, read from the bytes that were signed.</summary>
/// <param name="LeaseId">The lease.</param>
/// <param name="MachineKeyId">The machine's key.</param>
/// <param name="PreviousBatchHash">The hash of the batch before it.</param>
/// <param name="Readings">In the order sent.</param>
public sealed record SignedBatch(LeaseId LeaseId, EnrolmentId MachineKeyId, string PreviousBatchHash, IReadOnlyList<SignedReading> Readings)
{
    /// <summary>Reads what <see cref="ReadingBatchFormat.ToBytes"/> wrote.</summary>
    /// <exception cref="FormatException">The bytes are of another form, or say that they are of more readings than a batch may have.</exception>
    public static SignedBatch Read(ReadOnlySpan<byte> bytes)
    {
        var rest = bytes;
        if (!Next(ref rest, '\n').SequenceEqual(ReadingBatchFormat.Title)) throw new FormatException("This is no batch of readings.");
        var (lease, key) = (LeaseId.Parse(Text(Next(ref rest, '\n'))), EnrolmentId.Parse(Text(Next(ref rest, '\n'))));
        var previous = Text(Next(ref rest, '\n'));
        var readings = new SignedReading[Count(Next(ref rest, '\n'))];
        for (var i = 0; i < readings.Length; i++) readings[i] = Reading(Next(ref rest, '\n'));
        return rest.IsEmpty ? new SignedBatch(lease, key, previous, readings) : throw new FormatException("A batch has more readings than it says.");
    }

    // Room is made before the readings are seen, so that what the bytes claim is not believed beyond what a batch may have.
    private static int Count(ReadOnlySpan<byte> bytes)
    {
        var count = Number(bytes);
        return count is >= 0 and <= ReadingBatchFormat.MaxReadings
            ? (int)count
            : throw new FormatException($"A batch has up to {ReadingBatchFormat.MaxReadings} readings, not {count}.");
    }

    private static SignedReading Reading(ReadOnlySpan<byte> line)
    {
        var sequence = Number(Next(ref line, ','));
        var (from, to) = (Text(Next(ref line, ',')), Text(Next(ref line, ',')));
        return new SignedReading(sequence, from, to, Number(Next(ref line, ',')), Text(line));
    }

    private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> rest, char end)
    {
        var length = rest.IndexOf((byte)end);
        if (length < 0) throw new FormatException("A batch of readings lacks a part.");
        var part = rest[..length];
        rest = rest[(length + 1)..];
        return part;
    }

    // A batch has its state a thousand times; it need not be a thousand strings.
    private static string Text(ReadOnlySpan<byte> bytes) => bytes.SequenceEqual("serving"u8) ? "serving" : Encoding.ASCII.GetString(bytes);

    private static long Number(ReadOnlySpan<byte> bytes) =>
        Utf8Parser.TryParse(bytes, out long number, out var read) && read == bytes.Length ? number : throw new FormatException($"'{Text(bytes)}' is no number.");
}
