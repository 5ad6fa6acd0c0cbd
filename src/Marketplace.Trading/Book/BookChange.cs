namespace Marketplace.Trading.Book;

internal enum ChangeKind
{
    /// <summary>Something rare, told by <see cref="BookChange.Event"/>.</summary>
    Other,
    AskOpened,
    BidEntered,
    BidTraded,
    BidEnded,
}

/// <summary>
/// One event as the engine says it: slots and numbers, so that deciding makes no garbage. What the slots hold stays readable until
/// the next command.
/// </summary>
internal struct BookChange
{
    public ChangeKind Kind;
    public BidEnding Ending;
    public int Bid;
    public int Ask;
    public int GpuCount;
    public int From;
    public int Filled;
    public int Open;
    public long Micros;
    public BookEvent? Event;
}
