using System.Text.Json;
using Azure.Messaging.ServiceBus;
using Marketplace.Runtime;

namespace Marketplace.ServiceBus.Bus;

/// <summary>Messages as Service Bus carries them: the body is the session's key and the pointer, a few hundred bytes of JSON.</summary>
public static class BusFormat
{
    private const string TraceParentProperty = "Diagnostic-Id";

    /// <summary>For sending.</summary>
    public static ServiceBusMessage ToServiceBus(BusMessage message)
    {
        var sent = new ServiceBusMessage(MarketplaceJson.Serialize(new Body(message.SessionKey, message.Pointer)))
        {
            MessageId = message.Id,
            SessionId = message.SessionId,
            ContentType = "application/json",
            Subject = message.Type ?? "wake",
        };
        if (message.NotBefore is { } at) sent.ScheduledEnqueueTime = at.ToDateTimeOffset();
        if (message.TraceParent is { } trace) sent.ApplicationProperties[TraceParentProperty] = trace;
        return sent;
    }

    /// <summary>As received from a queue.</summary>
    /// <exception cref="JsonException">It is none of ours.</exception>
    public static BusMessage Read(string queue, ServiceBusReceivedMessage received)
    {
        var body = MarketplaceJson.Deserialize<Body>(received.Body.ToMemory());
        return new BusMessage(
            received.MessageId,
            queue,
            body.SessionKey,
            body.Pointer,
            body.Pointer is null ? null : received.Subject,
            received.ApplicationProperties.GetValueOrDefault(TraceParentProperty) as string,
            null);
    }

    private sealed record Body(string SessionKey, OutboxPointer? Pointer);
}
