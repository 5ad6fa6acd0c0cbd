using System.Buffers.Binary;

namespace Marketplace.BenchmarkWorker.Tests.Ptx;

/// <summary>A device's memory: allocations far apart, so that a kernel that leaves one lands nowhere.</summary>
internal sealed class PtxMemory(ulong capacity)
{
    private const ulong First = 0x7f00_0000_0000;
    private const ulong Apart = 1UL << 32;
    private readonly SortedDictionary<ulong, byte[]> allocations = [];
    private ulong next = First;
    private (ulong At, byte[] Content) last;

    public ulong Capacity { get; } = capacity;

    public ulong Free => Capacity - (ulong)allocations.Values.Sum(content => (long)content.Length);

    public int Allocations => allocations.Count;

    /// <summary>An address, or 0 if there is no room.</summary>
    public ulong Allocate(ulong bytes)
    {
        if (bytes > Free) return 0;
        var content = new byte[bytes];
        Array.Fill(content, (byte)0xcd);
        allocations.Add(next, content);
        next += Apart;
        return next - Apart;
    }

    public bool Release(ulong address)
    {
        last = default;
        return allocations.Remove(address);
    }

    /// <summary>The bytes from an address on.</summary>
    public Span<byte> Bytes(ulong at, ulong size)
    {
        if (last.Content is null || at < last.At || at - last.At >= (ulong)last.Content.Length)
        {
            var start = First + ((at - First) / Apart * Apart);
            if (at < First || !allocations.TryGetValue(start, out var content)) throw new PtxMemoryException($"{at:x} is in no allocation.");
            last = (start, content);
        }

        var offset = at - last.At;
        if (offset + size > (ulong)last.Content.Length) throw new PtxMemoryException($"{at:x} and {size} bytes leave their allocation.");
        return last.Content.AsSpan((int)offset, (int)size);
    }

    public ulong Read(ulong at, int size)
    {
        var bytes = Bytes(at, (ulong)size);
        return size == 4 ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    public void Write(ulong at, int size, ulong value)
    {
        var bytes = Bytes(at, (ulong)size);
        if (size == 4) BinaryPrimitives.WriteUInt32LittleEndian(bytes, unchecked((uint)value));
        else BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
    }
}
