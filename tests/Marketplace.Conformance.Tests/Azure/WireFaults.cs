namespace Marketplace.Conformance.Tests.Azure;

/// <summary>What the way to the table service, or the service itself, may do to a request besides answering it.</summary>
public enum WireFault
{
    /// <summary>Answers.</summary>
    None,

    /// <summary>Answers a little later.</summary>
    Slow,

    /// <summary>The request is lost before it arrives.</summary>
    RequestLost,

    /// <summary>503: over a scalability target; nothing was done.</summary>
    Throttled,

    /// <summary>500: an internal fault; nothing was done.</summary>
    Failed,

    /// <summary>It is done, and the answer is lost.</summary>
    AnswerLost,

    /// <summary>A batch is refused with 412: a row has changed since it was read.</summary>
    Stale,

    /// <summary>A query's page is empty and goes on, as at the border of a range or after five seconds.</summary>
    EmptyPage,

    /// <summary>A query's page ends long before it is full.</summary>
    EarlyEnd,
}

/// <summary>A request, for the hook to look at.</summary>
/// <param name="Number">Counts the tries of one client from 1.</param>
/// <param name="IsQuery">Whether it asks for a page.</param>
/// <param name="IsBatch">Whether it is an entity group transaction.</param>
/// <param name="Repeatable">Whether it is a transaction with a receipt, so that its repetition is recognised.</param>
public sealed record WireRequest(int Number, bool IsQuery, bool IsBatch, bool Repeatable);

/// <summary>What happened to the commit under way: what its caller may know, as the client library did not tell.</summary>
public sealed class WireLog
{
    private static readonly AsyncLocal<WireLog?> Ambient = new();

    /// <summary>The log of the commit under way in this flow; null outside of one.</summary>
    public static WireLog? Current
    {
        get => Ambient.Value;
        set => Ambient.Value = value;
    }

    /// <summary>It was applied, and the answer was lost.</summary>
    public bool AppliedUnheard { get; set; }

    /// <summary>It was refused as stale though it was not.</summary>
    public bool Stale { get; set; }
}

/// <summary>Faults at random: about a fifth of all tries, each kind where it can happen.</summary>
public sealed class RandomWire(int seed)
{
    private readonly Random random = new(seed);
    private readonly Lock gate = new();

    public WireFault Draw(WireRequest request)
    {
        lock (gate)
        {
            return random.Next(40) switch
            {
                0 => WireFault.Slow,
                1 => WireFault.RequestLost,
                2 => WireFault.Throttled,
                3 => WireFault.Failed,
                4 or 5 when request.Repeatable && WireLog.Current is { AppliedUnheard: false } => WireFault.AnswerLost,
                6 or 7 when request.IsBatch && WireLog.Current is { Stale: false, AppliedUnheard: false } => WireFault.Stale,
                >= 8 and < 14 when request.IsQuery => WireFault.EmptyPage,
                >= 14 and < 24 when request.IsQuery => WireFault.EarlyEnd,
                _ => WireFault.None,
            };
        }
    }
}
