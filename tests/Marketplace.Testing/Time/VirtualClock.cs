namespace Marketplace.Testing.Time;

/// <summary>Time that moves only when the test moves it. Starts on a fixed day, so that runs repeat.</summary>
public sealed class VirtualClock(DateTimeOffset start) : TimeProvider
{
    private readonly Lock gate = new();
    private readonly PriorityQueue<VirtualTimer, (DateTimeOffset Due, long Order)> timers = new();
    private DateTimeOffset now = start;
    private long order;

    public VirtualClock()
        : this(new DateTimeOffset(2026, 1, 5, 0, 0, 0, TimeSpan.Zero))
    {
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate) return now;
    }

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    /// <summary>Moves on and runs the timers that fall due, each at its own time, in order.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var end = GetUtcNow() + by;
        while (TakeDue(end) is { } timer) timer.Fire();
        lock (gate) now = end;
    }

    /// <summary>Moves to a moment; back too, as clocks that are set do. Moving back runs no timer.</summary>
    public void Set(DateTimeOffset moment)
    {
        if (moment >= GetUtcNow()) Advance(moment - GetUtcNow());
        else lock (gate) now = moment;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private VirtualTimer? TakeDue(DateTimeOffset end)
    {
        lock (gate)
        {
            while (timers.TryPeek(out var timer, out var priority) && priority.Due <= end)
            {
                timers.Dequeue();
                if (timer.ScheduledAs != priority.Order) continue;
                if (priority.Due > now) now = priority.Due;
                timer.ScheduledAs = timer.Period > TimeSpan.Zero ? Enqueue(timer, timer.Period) : 0;
                return timer;
            }

            return null;
        }
    }

    private long Enqueue(VirtualTimer timer, TimeSpan dueIn)
    {
        timers.Enqueue(timer, (now + dueIn, ++order));
        return order;
    }

    private sealed class VirtualTimer(VirtualClock clock, TimerCallback callback, object? state) : ITimer
    {
        /// <summary>The one queue entry that counts; entries of earlier schedules are passed over.</summary>
        public long ScheduledAs { get; set; }

        public TimeSpan Period { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.gate)
            {
                Period = period;
                ScheduledAs = dueTime == Timeout.InfiniteTimeSpan ? 0 : clock.Enqueue(this, dueTime);
            }

            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
