using System.Buffers.Binary;
using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Trading.Durable.Format;

/// <summary>Bytes in the making: numbers in as few bytes as they take, ids as they are. <see cref="ByteReader"/> reads them back.</summary>
internal sealed class ByteWriter
{
    private const int LongestValue = 32;
    private byte[] bytes = new byte[4096];
    private int length;

    /// <summary>What was written, copied.</summary>
    public byte[] ToArray() => bytes.AsSpan(0, length).ToArray();

    /// <summary>A whole number: the closer to zero the fewer bytes, 1 to 10.</summary>
    public void Number(long value)
    {
        Reserve();
        var rest = unchecked((ulong)((value << 1) ^ (value >> 63)));
        while (rest >= 0x80)
        {
            bytes[length++] = (byte)(rest & 0x7F | 0x80);
            rest >>= 7;
        }

        bytes[length++] = (byte)rest;
    }

    public void Number(Int128 value)
    {
        Reserve();
        BinaryPrimitives.WriteInt128LittleEndian(bytes.AsSpan(length), value);
        length += 16;
    }

    public void Number(decimal value)
    {
        Reserve();
        foreach (var part in (ReadOnlySpan<int>)decimal.GetBits(value))
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(length), part);
            length += sizeof(int);
        }
    }

    public void Flag(bool value) => Number(value ? 1 : 0);

    public void Id<TKind>(Id<TKind> id)
        where TKind : IIdKind
    {
        Reserve();
        BinaryPrimitives.WriteUInt128LittleEndian(bytes.AsSpan(length), ((UInt128)(ulong)id.Ulid.UnixMilliseconds << 80) | id.Ulid.Randomness);
        length += 16;
    }

    public void Time(Instant at)
    {
        var seconds = at.ToUnixTimeSeconds();
        Number(seconds);
        Number((at - Instant.FromUnixTimeSeconds(seconds)).SubsecondNanoseconds);
    }

    public void Hours(HourWindow window)
    {
        Number(window.From.Index);
        Number(window.Hours);
    }

    public void Money(Currency currency)
    {
        Reserve();
        foreach (var letter in currency.Code) bytes[length++] = (byte)letter;
    }

    public void Price(UnitPrice price)
    {
        Number(price.MicrosPerGpuHour);
        Money(price.Currency);
    }

    public void Figures(Capacity capacity)
    {
        Number(capacity.Int8Gops);
        Number(capacity.Bf16Gflops);
        Number(capacity.MemoryMB);
        Number(capacity.MemoryBandwidthMBps);
    }

    /// <summary>A value that may be absent.</summary>
    public void Maybe<T>(T? value, Action<T> write)
        where T : struct
    {
        Flag(value is not null);
        if (value is { } present) write(present);
    }

    public void List<T>(IReadOnlyCollection<T> items, Action<T> write)
    {
        Number(items.Count);
        foreach (var item in items) write(item);
    }

    private void Reserve()
    {
        if (length + LongestValue > bytes.Length) Array.Resize(ref bytes, bytes.Length * 2);
    }
}
