namespace Marketplace.Trading.ReadMarket;

/// <summary>Is told of commits of books in this process, so that who follows a book need not wait for the next poll.</summary>
public interface IBookListener
{
    /// <summary>
    /// Something was committed to a book just now. Only a hint to look: it may be missing, late or too much. Returns at once and
    /// never throws.
    /// </summary>
    void Committed(BookKey book);
}
