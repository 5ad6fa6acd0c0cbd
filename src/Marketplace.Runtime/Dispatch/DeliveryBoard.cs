using System.Threading.Channels;
using Marketplace.Runtime.Messages;
using NodaTime;

namespace Marketplace.Runtime.Dispatch;

/// <summary>
/// Which messages wait, in memory: per session in the order of their ids, delayed ones by due time. A session with a due message
/// goes to <see cref="Runnable"/> and belongs to one worker until that worker gives it back. Thread-safe and without I/O.
/// </summary>
internal sealed class DeliveryBoard
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string Queue, string Key), Session> sessions = [];
    private readonly Dictionary<MessageId, Delivery> known = [];
    private readonly PriorityQueue<Delivery, Instant> later = new();
    private readonly PriorityQueue<Session, Instant> retries = new();
    private readonly Channel<Session> runnable = Channel.CreateUnbounded<Session>();
    private readonly List<TaskCompletionSource> idleWaiters = [];
    private int active;
    private bool isOpen;

    /// <summary>Sessions that have a due message and no worker.</summary>
    public ChannelReader<Session> Runnable => runnable.Reader;

    /// <summary>Keeps the board from being idle while other work goes on.</summary>
    public void Hold()
    {
        lock (gate) active++;
    }

    /// <summary>Ends a <see cref="Hold"/>.</summary>
    public void Release()
    {
        lock (gate) Deactivate();
    }

    /// <summary>Ends the stream of runnable sessions.</summary>
    public void Complete() => runnable.Writer.TryComplete();

    /// <summary>
    /// Lets sessions run. Before, what is published is only gathered: stopped sessions must be known, and older messages in an
    /// outbox must not be overtaken.
    /// </summary>
    public void Open()
    {
        lock (gate)
        {
            isOpen = true;
            foreach (var session in sessions.Values) Activate(session);
        }
    }

    /// <summary>Marks a session that waits for a resubmission.</summary>
    public void MarkStopped(StoppedSession stopped)
    {
        lock (gate) SessionOf(stopped.Queue, stopped.SessionKey).StoppedBy = stopped.StoppedBy;
    }

    /// <summary>Adds messages; one that waits already only adds the row to delete when it is done.</summary>
    public void Add(IReadOnlyList<OutboxMessage> messages, Instant now)
    {
        lock (gate)
        {
            foreach (var copy in messages)
            {
                var message = copy.Message;
                if (known.TryGetValue(message.Id, out var waiting))
                {
                    waiting.Add(copy);
                    if (sessions.TryGetValue((message.Queue, message.SessionKey), out var session)) LiftStop(session, copy);
                    continue;
                }

                var delivery = new Delivery(copy);
                known.Add(message.Id, delivery);
                if (message.DueAt is { } due && due > now) later.Enqueue(delivery, due);
                else AddDue(delivery);
            }
        }
    }

    /// <summary>Moves on what has become due.</summary>
    public void Examine(Instant now)
    {
        lock (gate)
        {
            while (later.TryPeek(out _, out var due) && due <= now) AddDue(later.Dequeue());
            while (retries.TryPeek(out _, out var at) && at <= now)
            {
                var session = retries.Dequeue();
                session.AwaitsRetry = false;
                Activate(session);
            }
        }
    }

    /// <summary>When the next delayed message or retry is due; null if none waits.</summary>
    public Instant? NextDue
    {
        get
        {
            lock (gate)
            {
                Instant? message = later.TryPeek(out _, out var due) ? due : null;
                return retries.TryPeek(out _, out var at) && !(message < at) ? at : message;
            }
        }
    }

    /// <summary>
    /// The messages that the holder of a session handles next: as many of its first as go together. One that failed before is alone.
    /// </summary>
    public IReadOnlyList<Delivery> Next(Session session, Func<IEnumerable<Message>, int> countTogether)
    {
        lock (gate)
        {
            var waiting = session.Waiting.Values;
            var untried = waiting.TakeWhile(delivery => delivery.Attempts == 0).Select(delivery => delivery.Message);
            Delivery[] next = [.. waiting.Take(Math.Max(1, countTogether(untried)))];
            foreach (var delivery in next) delivery.CopiesAtStart = delivery.Copies.Count;
            return next;
        }
    }

    /// <summary>Messages had their effect; their session stays with its worker. Returns the rows to delete.</summary>
    public OutboxMessage[] Finish(Session session, IEnumerable<Delivery> deliveries)
    {
        lock (gate)
        {
            var copies = new List<OutboxMessage>();
            foreach (var delivery in deliveries)
            {
                Forget(session, delivery);
                copies.AddRange(delivery.Copies);
            }

            return [.. copies];
        }
    }

    /// <summary>Ends a worker's turn: the session goes on with its next messages.</summary>
    public void GiveBack(Session session)
    {
        lock (gate)
        {
            session.Active = false;
            Activate(session);
            if (!session.Active && session.Waiting.Count == 0 && session.StoppedBy is null) sessions.Remove(session.Id);
            Deactivate();
        }
    }

    /// <summary>
    /// Ends a worker's turn: the session's first message is to be tried again, and nothing else of the session is delivered before.
    /// </summary>
    public void Retry(Session session, Instant at)
    {
        lock (gate)
        {
            session.Active = false;
            session.AwaitsRetry = true;
            retries.Enqueue(session, at);
            Deactivate();
        }
    }

    /// <summary>
    /// Ends a worker's turn: the message is a dead letter now, and its session goes on or waits for the resubmission. Returns the
    /// rows to delete. A resubmission that came in the meantime is a delivery of its own and is not lost with the first.
    /// </summary>
    public OutboxMessage[] SetAside(Session session, Delivery delivery, bool stopSession)
    {
        lock (gate)
        {
            Forget(session, delivery);
            OutboxMessage[] since = [.. delivery.Copies.Skip(delivery.CopiesAtStart)];
            var resubmitted = Array.Exists(since, c => c.Partition == DeadLetters.Partition);
            if (resubmitted)
            {
                var again = new Delivery(since[0]);
                foreach (var copy in since) again.Add(copy);
                known.Add(again.Message.Id, again);
                session.Waiting.Add(again.Message.Id, again);
            }
            else if (stopSession)
            {
                session.StoppedBy = delivery.Message.Id;
            }

            GiveBack(session);
            return [.. resubmitted ? delivery.Copies.Take(delivery.CopiesAtStart) : delivery.Copies];
        }
    }

    /// <summary>Completes when nothing is due, nothing runs and nothing is held.</summary>
    public Task WhenIdleAsync()
    {
        lock (gate)
        {
            if (active == 0) return Task.CompletedTask;
            var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            idleWaiters.Add(waiter);
            return waiter.Task;
        }
    }

    private void AddDue(Delivery delivery)
    {
        var session = SessionOf(delivery.Message.Queue, delivery.Message.SessionKey);
        session.Waiting.Add(delivery.Message.Id, delivery);
        LiftStop(session, delivery.Copies[0]);
        Activate(session);
    }

    // Only the row that a resubmission wrote lifts a stop; a leftover of the first delivery, found by a sweep, does not.
    private void LiftStop(Session session, OutboxMessage copy)
    {
        if (session.StoppedBy != copy.Message.Id || copy.Partition != DeadLetters.Partition) return;
        session.StoppedBy = null;
        Activate(session);
    }

    private void Activate(Session session)
    {
        if (!isOpen || session.Active || session.AwaitsRetry || session.StoppedBy is not null || session.Waiting.Count == 0) return;
        session.Active = true;
        active++;
        runnable.Writer.TryWrite(session);
    }

    private void Forget(Session session, Delivery delivery)
    {
        session.Waiting.Remove(delivery.Message.Id);
        known.Remove(delivery.Message.Id);
    }

    private void Deactivate()
    {
        active--;
        if (active > 0) return;
        foreach (var waiter in idleWaiters) waiter.TrySetResult();
        idleWaiters.Clear();
    }

    private Session SessionOf(string queue, string key)
    {
        if (!sessions.TryGetValue((queue, key), out var session)) sessions.Add((queue, key), session = new Session((queue, key)));
        return session;
    }

    /// <summary>Messages of one queue and session key. Guarded by the board's gate.</summary>
    internal sealed class Session((string Queue, string Key) id)
    {
        public (string Queue, string Key) Id => id;

        public SortedDictionary<MessageId, Delivery> Waiting { get; } = [];

        public bool Active { get; set; }

        public bool AwaitsRetry { get; set; }

        public MessageId? StoppedBy { get; set; }
    }

    /// <summary>A message on the board, with every outbox row that holds it.</summary>
    internal sealed class Delivery(OutboxMessage first)
    {
        private readonly List<OutboxMessage> copies = [first];

        public Message Message => first.Message;

        public IReadOnlyList<OutboxMessage> Copies => copies;

        public int Attempts { get; set; }

        public int CopiesAtStart { get; set; }

        public void Add(OutboxMessage copy)
        {
            if (!copies.Exists(c => c.Partition == copy.Partition && c.ETag == copy.ETag && c.Marker == copy.Marker)) copies.Add(copy);
        }
    }
}
