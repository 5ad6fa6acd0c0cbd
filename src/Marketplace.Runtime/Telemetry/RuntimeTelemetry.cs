using System.Diagnostics;
using System.Diagnostics.Metrics;
using Marketplace.Runtime.Messages;
using NodaTime;

namespace Marketplace.Runtime.Telemetry;

/// <summary>
/// Spans and metrics of messages, by the names of OpenTelemetry's semantic conventions and, where these have none, <c>marketplace.*</c>.
/// Nobody listening, they cost nothing. They hold ids, types, queues and durations: no bodies, no names, no reasons of faults.
/// </summary>
internal static class RuntimeTelemetry
{
    /// <summary>Source of spans and meter of metrics; every module's begins with <c>Marketplace.</c>.</summary>
    public const string Name = "Marketplace.Runtime";

    public static readonly ActivitySource Source = new(Name);
    public static readonly Meter Meter = new(Name);

    private const string System = "marketplace";

    private static readonly Counter<long> Sent =
        Meter.CreateCounter<long>("messaging.client.sent.messages", "{message}", "Messages that were committed and sent.");

    private static readonly Histogram<double> ProcessDuration =
        Meter.CreateHistogram<double>("messaging.process.duration", "s", "How long a delivery took to handle.");

    private static readonly Histogram<double> SessionAge =
        Meter.CreateHistogram<double>("marketplace.session.age", "s", "How long a message had waited for its turn, from when it was due, by the market's clock.");

    private static readonly Counter<long> DeadLettered =
        Meter.CreateCounter<long>("marketplace.dead_letters", "{message}", "Messages that no try could handle.");

    /// <summary>The span of a commit that sends: what handles its messages is below it.</summary>
    public static Activity? StartSend(string table) => Source.StartActivity($"send {table}", ActivityKind.Producer);

    /// <summary>Says what a commit sent.</summary>
    public static void Record(Activity? send, IReadOnlyList<Message> outbox)
    {
        send?.SetTag("messaging.system", System).SetTag("messaging.operation.type", "send").SetTag("messaging.operation.name", "send")
            .SetTag("messaging.batch.message_count", outbox.Count);
        if (!Sent.Enabled) return;
        foreach (var message in outbox) Sent.Add(1, new TagList { Destination(message.Queue), Operation("send") });
    }

    /// <summary>
    /// The span of a delivery. A batch goes on with the trace of its first message and is linked to the others'. Without a listener the
    /// source makes no activity; one is made by hand then, so that the trace goes on to the next message.
    /// </summary>
    public static Activity? StartProcess(IReadOnlyList<Message> messages, int attempt)
    {
        var first = messages[0];
        var name = "process " + first.Queue;
        var links = messages.Skip(1).Select(m => ActivityContext.TryParse(m.TraceParent, null, out var context) ? context : default)
            .Where(context => context != default).Select(context => new ActivityLink(context));
        var activity = Source.StartActivity(name, ActivityKind.Consumer, first.TraceParent, tags: null, links);
        if (activity is null) return first.TraceParent is null ? null : new Activity(name).SetParentId(first.TraceParent).Start();
        activity.SetTag("messaging.system", System).SetTag("messaging.operation.type", "process").SetTag("messaging.operation.name", "process")
            .SetTag("messaging.destination.name", first.Queue).SetTag("marketplace.message.type", first.Type).SetTag("marketplace.attempt", attempt);
        return messages.Count == 1
            ? activity.SetTag("messaging.message.id", first.Id.ToString())
            : activity.SetTag("messaging.batch.message_count", messages.Count);
    }

    /// <summary>A delivery begins: how long its messages have waited.</summary>
    public static void RecordAge(IReadOnlyList<Message> messages, Instant now)
    {
        if (!SessionAge.Enabled) return;
        foreach (var message in messages) SessionAge.Record((now - (message.DueAt ?? message.OccurredAt)).TotalSeconds, Destination(message.Queue));
    }

    /// <summary>A delivery ended; the fault's type where it failed.</summary>
    public static void RecordEnd(Activity? process, string queue, TimeSpan duration, Exception? fault)
    {
        var tags = new TagList { Destination(queue), Operation("process") };
        if (fault is not null)
        {
            var type = fault.GetType().FullName!;
            tags.Add("error.type", type);
            process?.SetTag("error.type", type).SetStatus(ActivityStatusCode.Error);
        }

        ProcessDuration.Record(duration.TotalSeconds, tags);
    }

    /// <summary>A message is set aside.</summary>
    public static void RecordDeadLetter(Message message) =>
        DeadLettered.Add(1, Destination(message.Queue), new KeyValuePair<string, object?>("marketplace.message.type", message.Type));

    private static KeyValuePair<string, object?> Destination(string queue) => new("messaging.destination.name", queue);

    private static KeyValuePair<string, object?> Operation(string name) => new("messaging.operation.name", name);
}
