using System.Buffers.Binary;
using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Trading.Durable.Format;

/// <summary>Reads what <see cref="ByteWriter"/> wrote, in the same order.</summary>
internal sealed class ByteReader(byte[] bytes)
{
    private int at;

    /// <summary>Whether all was read.</summary>
    public bool IsAtEnd => at == bytes.Length;

    public long Number()
    {
        var (value, shift) = (0UL, 0);
        while (true)
        {
            var next = bytes[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) break;
            shift += 7;
        }

        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public int Count() => checked((int)Number());

    public Int128 LongNumber() => BinaryPrimitives.ReadInt128LittleEndian(Take(16));

    public decimal Decimal()
    {
        var span = Take(4 * sizeof(int));
        Span<int> parts = stackalloc int[4];
        for (var i = 0; i < parts.Length; i++) parts[i] = BinaryPrimitives.ReadInt32LittleEndian(span[(i * sizeof(int))..]);
        return new decimal(parts);
    }

    public bool Flag() => Number() != 0;

    public Id<TKind> Id<TKind>()
        where TKind : IIdKind
    {
        var value = BinaryPrimitives.ReadUInt128LittleEndian(Take(16));
        return Kernel.Id<TKind>.From(Ulid.Create((long)(value >> 80), value));
    }

    public Instant Time()
    {
        var seconds = Instant.FromUnixTimeSeconds(Number());
        return seconds.PlusNanoseconds(Number());
    }

    public HourWindow Hours()
    {
        var from = HourSlot.OfIndex(Count());
        return HourWindow.Starting(from, Count());
    }

    public Currency Money()
    {
        var code = Take(3);
        foreach (var known in Currency.Known)
        {
            if (known.Code[0] == code[0] && known.Code[1] == code[1] && known.Code[2] == code[2]) return known;
        }

        throw new InvalidDataException("A currency is stored that this program does not know.");
    }

    public UnitPrice Price()
    {
        var micros = Number();
        return UnitPrice.OfMicros(micros, Money());
    }

    public Capacity Figures() => new(Number(), Number(), Number(), Number());

    public T? Maybe<T>(Func<T> read)
        where T : struct => Flag() ? read() : null;

    public T[] List<T>(Func<T> read)
    {
        var items = new T[Count()];
        for (var i = 0; i < items.Length; i++) items[i] = read();
        return items;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        var taken = bytes.AsSpan(at, count);
        at += count;
        return taken;
    }
}
