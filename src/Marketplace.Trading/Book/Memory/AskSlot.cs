using System.Diagnostics.CodeAnalysis;
using NodaTime;

namespace Marketplace.Trading.Book.Memory;

/// <summary>
/// What a search looks at of a listing. A listing that is closed stays while hours of it are sold, so that
/// reopening it forgets no sale. Hours are indices (<see cref="HourSlot.Index"/>).
/// </summary>
internal struct AskSlot : IPlaced, IIdentified
{
    private Place place;

    /// <summary>The listing's id without its prefix.</summary>
    public Ulid Id { readonly get; set; }

    /// <summary>The lowest price of any hour: by it the ask is queued. Its block price is that or more.</summary>
    public long FloorMicros;

    /// <summary>Tells providers apart; equal tags have to be looked at.</summary>
    public int ProviderTag;
    public int From;
    public int To;
    public int GpuCount;

    /// <summary>GPUs sold in every hour of the window, as long as <see cref="HasCalendar"/> does not say that hours differ.</summary>
    public int Sold;

    /// <summary>Hours of the window in which some GPUs are free; at 0 it is not in the queue.</summary>
    public int FreeHours;
    public short MinimumHours;
    public byte Market;
    public bool IsOpen;
    public bool IsFlat;
    public bool HasCalendar;

    /// <summary>Whether its trades are counted, since its hours are a lease's that is sold on.</summary>
    public bool IsResale;

    [UnscopedRef]
    public ref Place Place => ref place;
}

/// <summary>The rest of a listing.</summary>
internal struct AskDetails
{
    private const long Never = long.MinValue;
    private long activated;
    private long closed = Never;

    public AskDetails() { }

    public AskTerms Terms = null!;

    public Instant ActivatedAt
    {
        readonly get => BookMemory.InstantOf(activated);
        set => activated = BookMemory.NanosecondsOf(value);
    }

    /// <summary>When it was last closed; null if never.</summary>
    public Instant? ClosedAt
    {
        readonly get => closed == Never ? null : BookMemory.InstantOf(closed);
        set => closed = value is { } at ? BookMemory.NanosecondsOf(at) : Never;
    }

    /// <summary>Trades that a resale made so far.</summary>
    public int Trades;

    /// <summary>GPUs sold by hour where hours differ.</summary>
    public HourCalendar? Calendar;
}
