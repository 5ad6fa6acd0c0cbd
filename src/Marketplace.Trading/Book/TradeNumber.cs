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
    private const int BookBits = 40;
    private readonly ulong bookHash = BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(book.ToString()))) >> 24;

    public TradeId Of(Instant at, long sequence)
    {
        InvariantException.Require(sequence is > 0 and < 1L << BookBits, $"A book reached sequence number {sequence}.");
        return TradeId.From(Ulid.Create(at.ToUnixTimeMilliseconds(), ((UInt128)(ulong)sequence << BookBits) | bookHash));
    }

    /// <summary>The book's time in an id.</summary>
    public static Instant TimeOf(TradeId id) => Instant.FromUnixTimeMilliseconds(id.Ulid.UnixMilliseconds);

    /// <summary>The sequence number in an id.</summary>
    public static long SequenceOf(TradeId id) => (long)(id.Ulid.Randomness >> BookBits);
}
