using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Marketplace.Contracts;

namespace Marketplace.Metering;

/// <summary>
/// The readings of a batch as one text of half the size of JSON objects: <c>sequence,from,to,gpuSeconds,state,outcome</c>, with a
/// space between two readings. A signed text has neither comma nor space.
/// </summary>
internal sealed class CompactReadings : JsonConverter<IReadOnlyList<JudgedReading>>
{
    /// <summary>An outcome with the signs around it.</summary>
    private const int MaxOutcomeBytes = 20;
    private const int UsualReadingBytes = 80;

    private static readonly byte[][] NameBytes =
        [.. Enum.GetValues<ReadingOutcome>().Select(o => Encoding.ASCII.GetBytes(JsonNamingPolicy.CamelCase.ConvertName(o.ToString())))];

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<JudgedReading> value, JsonSerializerOptions options)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(value.Count * (ReadingBatchFormat.MaxReadingBytes + MaxOutcomeBytes));
        var length = 0;
        foreach (var (reading, outcome) in value)
        {
            if (length > 0) buffer[length++] = (byte)' ';
            length += ReadingBatchFormat.WriteReading(reading, buffer.AsSpan(length));
            buffer[length++] = (byte)',';
            NameBytes[(int)outcome].CopyTo(buffer, length);
            length += NameBytes[(int)outcome].Length;
        }

        writer.WriteStringValue(buffer.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(buffer);
    }

    public override IReadOnlyList<JudgedReading> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.ValueIsEscaped || reader.HasValueSequence ? Encoding.UTF8.GetBytes(reader.GetString()!) : reader.ValueSpan;
        var readings = new List<JudgedReading>(text.Length / UsualReadingBytes);
        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)' ');
            readings.Add(Parse(end < 0 ? text : text[..end]));
            text = end < 0 ? [] : text[(end + 1)..];
        }

        return readings;
    }

    private static JudgedReading Parse(ReadOnlySpan<byte> text)
    {
        var rest = text;
        var sequence = Number(Next(ref rest));
        var (from, to) = (Encoding.ASCII.GetString(Next(ref rest)), Encoding.ASCII.GetString(Next(ref rest)));
        var gpuSeconds = Number(Next(ref rest));
        var state = Next(ref rest);
        for (var outcome = 0; outcome < NameBytes.Length; outcome++)
        {
            if (!rest.SequenceEqual(NameBytes[outcome])) continue;
            var known = state.SequenceEqual("serving"u8) ? ReadingText.Serving : Encoding.ASCII.GetString(state);
            return new JudgedReading(new SignedReading(sequence, from, to, gpuSeconds, known), (ReadingOutcome)outcome);
        }

        throw new JsonException($"'{Encoding.ASCII.GetString(text)}' is no reading.");
    }

    private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOf((byte)',');
        if (end < 0) throw new JsonException("A reading lacks a part.");
        var part = rest[..end];
        rest = rest[(end + 1)..];
        return part;
    }

    private static long Number(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out long number, out var read) && read == text.Length ? number : throw new JsonException("A reading has a part that is no number.");
}
