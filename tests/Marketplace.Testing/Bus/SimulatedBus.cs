using Marketplace.ServiceBus.Bus;
using NodaTime;

namespace Marketplace.Testing.Bus;

/// <summary>
/// Service Bus in memory, as far as the product relies on it: queues with sessions, locks that end, repetitions dropped by id for twenty
/// minutes, messages that come at their time, dead-letter queues. Thread-safe. A test may end a lock whenever it likes.
/// </summary>
public sealed class SimulatedBus(TimeProvider time) : IMessageBus, IDeadLetterQueues
{
    private static readonly Duration Remembered = Duration.FromMinutes(20);
    private readonly Lock gate = new();
    private readonly SortedDictionary<(string Queue, string Id), Session> sessions = [];
    private readonly Dictionary<(string Queue, string Id), Instant> seen = [];
    private readonly PriorityQueue<BusMessage, (Instant At, long Number)> later = new();
    private readonly Dictionary<string, List<(BusMessage Message, string Reason, string Description)>> dead = [];
    private long number;

    /// <summary>How long a session stays with who took it, by the clock given.</summary>
    public Duration LockDuration { get; set; } = Duration.FromMinutes(1);

    /// <summary>Decides for each sending whether it fails before (-1), fails after its effect (1) or works (0).</summary>
    public Func<int> Fault { get; set; } = () => 0;

    /// <summary>How often a session was taken whose earlier holder had lost it.</summary>
    public int Moves { get; private set; }

    /// <summary>Deliveries so far.</summary>
    public int Deliveries { get; private set; }

    /// <summary>When the next delayed message comes; null if none waits.</summary>
    public Instant? NextDue
    {
        get
        {
            lock (gate) return later.TryPeek(out _, out var first) ? first.At : null;
        }
    }

    /// <summary>What waits to be delivered now.</summary>
    public int Waiting
    {
        get
        {
            lock (gate)
            {
                BringWhatIsDue();
                return sessions.Values.Sum(session => session.Messages.Count);
            }
        }
    }

    /// <summary>The ids of the dead letters that a queue's dead-letter queue tells of.</summary>
    public IReadOnlyList<string> DeadOf(string queue)
    {
        lock (gate) return [.. dead.GetValueOrDefault(queue, []).Select(d => d.Description)];
    }

    public Task SendAsync(IReadOnlyList<BusMessage> messages, CancellationToken cancellationToken)
    {
        var fault = Fault();
        if (fault < 0) throw new IOException("Injected: the bus did not get it.");
        lock (gate)
        {
            foreach (var message in messages) Accept(message);
        }

        return fault > 0 ? throw new IOException("Injected: the bus's answer was lost.") : Task.CompletedTask;
    }

    /// <summary>Takes a session that nobody has, with its first messages. Null if there is none.</summary>
    /// <param name="pick">Picks one of so many.</param>
    /// <param name="most">How many messages of a queue are taken at most.</param>
    /// <param name="isWanted">Which queues are looked at.</param>
    public TakenSession? Take(Func<int, int> pick, Func<string, int> most, Func<string, bool> isWanted)
    {
        lock (gate)
        {
            BringWhatIsDue();
            var now = Now;
            var free = sessions.Where(s => isWanted(s.Key.Queue) && s.Value.Messages.Count > 0 && !(s.Value.LockedUntil > now)).ToList();
            if (free.Count == 0) return null;
            var (key, session) = free[pick(free.Count)];
            if (session.Lock is not null) Moves++;
            var taken = new TakenSession(this, key);
            (session.Lock, session.LockedUntil) = (taken, now + LockDuration);
            foreach (var entry in session.Messages.Values.Take(most(key.Queue)))
            {
                Deliveries++;
                taken.Add(entry.Number, entry.Message, ++entry.Count);
            }

            return taken;
        }
    }

    public Task<IReadOnlyList<DeadDelivery>> TakeAsync(string queue, int most, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            var letters = dead.GetValueOrDefault(queue, []);
            return Task.FromResult<IReadOnlyList<DeadDelivery>>(
                [.. letters.Take(most).Select(d => new DeadDelivery(d.Message, d.Reason, d.Description, new DeadSettlement(this, letters, d)))]);
        }
    }

    private Instant Now => Instant.FromDateTimeOffset(time.GetUtcNow());

    private void Accept(BusMessage message)
    {
        var now = Now;
        if (seen.TryGetValue((message.Queue, message.Id), out var before) && now - before < Remembered) return;
        seen[(message.Queue, message.Id)] = now;
        if (message.NotBefore is { } at && at > now) later.Enqueue(message, (at, ++number));
        else Enqueue(message);
    }

    private void BringWhatIsDue()
    {
        var now = Now;
        while (later.TryPeek(out _, out var first) && first.At <= now) Enqueue(later.Dequeue());
    }

    private void Enqueue(BusMessage message)
    {
        var key = (message.Queue, message.SessionId);
        if (!sessions.TryGetValue(key, out var session)) sessions.Add(key, session = new Session());
        session.Messages.Add(++number, new Entry(number, message));
    }

    private void Settle(TakenSession taken, long entry, bool remove, (string Reason, string Description)? letter)
    {
        lock (gate)
        {
            var session = sessions[taken.Key];
            if (session.Lock != taken || session.LockedUntil <= Now) throw new IOException("The session's lock was lost.");
            if (remove && session.Messages.Remove(entry, out var removed) && letter is { } reasons)
            {
                if (!dead.TryGetValue(taken.Key.Queue, out var letters)) dead.Add(taken.Key.Queue, letters = []);
                letters.Add((removed.Message, reasons.Reason, reasons.Description));
            }

            if (taken.IsLastOne()) (session.Lock, session.LockedUntil) = (null, Instant.MinValue);
        }
    }

    private void LoseLock(TakenSession taken)
    {
        lock (gate)
        {
            // The session remembers who had it, so that its move is counted.
            if (sessions[taken.Key].Lock == taken) sessions[taken.Key].LockedUntil = Instant.MinValue;
        }
    }

    /// <summary>A session in somebody's hands, with messages to settle.</summary>
    public sealed class TakenSession(SimulatedBus bus, (string Queue, string Id) key)
    {
        private readonly List<BusDelivery> deliveries = [];
        private int open;

        internal (string Queue, string Id) Key => key;

        public string Queue => key.Queue;

        public IReadOnlyList<BusDelivery> Deliveries => deliveries;

        /// <summary>Ends the lock before its time: the next may take the session, and this one can settle nothing.</summary>
        public void LoseLock() => bus.LoseLock(this);

        internal void Add(long number, BusMessage message, int count)
        {
            open++;
            deliveries.Add(new BusDelivery(message, count, new Settlement(bus, this, number)));
        }

        internal bool IsLastOne() => --open == 0;
    }

    private sealed class Session
    {
        public SortedDictionary<long, Entry> Messages { get; } = [];

        public TakenSession? Lock { get; set; }

        public Instant LockedUntil { get; set; } = Instant.MinValue;
    }

    private sealed class Entry(long number, BusMessage message)
    {
        public long Number => number;

        public BusMessage Message => message;

        public int Count { get; set; }
    }

    private sealed class Settlement(SimulatedBus bus, TakenSession taken, long entry) : ISettlement
    {
        public Task CompleteAsync(CancellationToken cancellationToken) => Settle(remove: true, null);

        public Task AbandonAsync(CancellationToken cancellationToken) => Settle(remove: false, null);

        public Task DeadLetterAsync(string reason, string description, CancellationToken cancellationToken) => Settle(remove: true, (reason, description));

        private Task Settle(bool remove, (string Reason, string Description)? letter)
        {
            bus.Settle(taken, entry, remove, letter);
            return Task.CompletedTask;
        }
    }

    private sealed class DeadSettlement(
        SimulatedBus bus, List<(BusMessage, string, string)> letters, (BusMessage, string, string) letter) : ISettlement
    {
        public Task CompleteAsync(CancellationToken cancellationToken)
        {
            lock (bus.gate) letters.Remove(letter);
            return Task.CompletedTask;
        }

        public Task AbandonAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task DeadLetterAsync(string reason, string description, CancellationToken cancellationToken) => throw new InvalidOperationException("It is there.");
    }
}
