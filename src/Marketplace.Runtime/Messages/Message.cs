using System.Text.Json;
using Marketplace.Runtime.Store;
using NodaTime;

namespace Marketplace.Runtime.Messages;

/// <summary>A message for one handler, as it is stored in the outbox and sent. Its fields map to CloudEvents 1.0 attributes.</summary>
/// <param name="Id">Unique; a handler's effect happens once per id.</param>
/// <param name="Type">The stable type name; CloudEvents <c>type</c>.</param>
/// <param name="Queue">Which module handles it; a Service Bus queue in the cloud.</param>
/// <param name="SessionKey">Messages of one queue and session are handled one at a time, in the order they were sent.</param>
/// <param name="OccurredAt">When it was committed; CloudEvents <c>time</c>.</param>
/// <param name="DueAt">Not to be handled earlier; null for at once.</param>
/// <param name="TraceParent">W3C trace context of the operation that sent it.</param>
/// <param name="Body">The contract's JSON; CloudEvents <c>data</c>.</param>
public sealed record Message(
    MessageId Id, string Type, string Queue, string SessionKey, Instant OccurredAt, Instant? DueAt, string? TraceParent, JsonElement Body);

/// <summary>A message in the outbox of a partition.</summary>
/// <param name="Partition">Whose commit sent it.</param>
/// <param name="ETag">Of its outbox row.</param>
/// <param name="Message">The message.</param>
/// <param name="Marker">What the outbox index is to forget once it is delivered; null after a sweep.</param>
public sealed record OutboxMessage(PartitionId Partition, string ETag, Message Message, string? Marker);

/// <summary>What a handler knows about the delivery.</summary>
/// <param name="Id">The message id, which is also the operation id of the handler's commit.</param>
/// <param name="OccurredAt">When the message was committed.</param>
/// <param name="Attempt">1 for the first.</param>
public sealed record MessageContext(MessageId Id, Instant OccurredAt, int Attempt);

/// <summary>A message as its handler gets it.</summary>
/// <param name="Contract">The command or event, of a type that the handler was registered for.</param>
/// <param name="Context">Its delivery.</param>
public readonly record struct DeliveredMessage(object Contract, MessageContext Context);
