using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using NodaTime;

namespace Marketplace.Trading.Book;

/// <summary>
/// Trade ids made of the book, its time and the event's sequence number, so that a replay makes the same ones. They sort by
/// sequence within a book: 40 bits of sequence, then 40 bits of the book's hash keep books apart.
/// </summary>
internal sealed class TradeNumber(BookKey book)
{
    private readonly ulong bookBits = BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(book.ToString()))) >> 24;

    public TradeId Of(Instant at, long sequence)
    {
        InvariantException.Require(sequence is > 0 and < 1L << 40, $"A book reached sequence number {sequence}.");
        return TradeId.From(Ulid.Create(at.ToUnixTimeMilliseconds(), ((UInt128)(ulong)sequence << 40) | bookBits));
    }
}
