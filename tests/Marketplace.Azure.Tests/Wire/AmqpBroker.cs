using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Amqp;
using Amqp.Framing;
using Amqp.Handler;
using Amqp.Listener;
using Amqp.Sasl;

namespace Marketplace.Azure.Tests.Wire;

/// <summary>
/// What the client of Service Bus speaks with: an AMQP 1.0 listener on this machine that takes messages for any queue and hands out those of
/// dead-letter queues. It checks no token and keeps no order but that of arrival.
/// </summary>
internal sealed class AmqpBroker : ILinkProcessor, IRequestProcessor, IHandler, IDisposable
{
    // The format of a transfer that carries several messages, each encoded in a data section.
    private const uint BatchFormat = 0x80013700;
    private const string DeadLetterSuffix = "/$deadletterqueue";
    private readonly ContainerHost host;
    private readonly int port = FreePort();
    private readonly ConcurrentDictionary<string, DeadQueue> deadQueues = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="maxMessageSize">The largest transfer taken, in bytes, as the link tells the client.</param>
    public AmqpBroker(ulong maxMessageSize = 262_144)
    {
        MaxMessageSize = maxMessageSize;
        host = new ContainerHost(new Address($"amqp://127.0.0.1:{port}"));

        // The token is put over the link $cbs, not in the handshake.
        host.Listeners[0].SASL.EnableMechanism("MSSBCBS", SaslProfile.Anonymous);
        host.Listeners[0].HandlerFactory = _ => this;
        host.RegisterRequestProcessor("$cbs", this);
        host.RegisterLinkProcessor(this);
        host.Open();
    }

    /// <summary>As the client takes it for an emulator: without TLS.</summary>
    public string ConnectionString => $"Endpoint=sb://127.0.0.1:{port};SharedAccessKeyName=any;SharedAccessKey=any;UseDevelopmentEmulator=true;";

    /// <summary>The largest transfer, in bytes.</summary>
    public ulong MaxMessageSize { get; }

    /// <summary>What was taken, in the order of arrival.</summary>
    public ConcurrentQueue<(string Queue, Message Message)> Taken { get; } = new();

    /// <summary>How many transfers the messages came in.</summary>
    public int Transfers { get; private set; }

    /// <summary>Tells of a transfer, the first being 1, whether the bus fails to take it in time.</summary>
    public Func<int, bool> Fails { get; init; } = _ => false;

    /// <summary>The dead-letter queue of a queue.</summary>
    public DeadQueue DeadLettersOf(string queue) => deadQueues.GetOrAdd(queue, _ => new DeadQueue());

    int IRequestProcessor.Credit => 100;

    void IRequestProcessor.Process(RequestContext context) => context.Complete(new Message
    {
        Properties = new Properties { CorrelationId = context.Message.Properties.MessageId },
        ApplicationProperties = new ApplicationProperties { ["status-code"] = 202, ["status-description"] = "Accepted" },
    });

    void ILinkProcessor.Process(AttachContext context)
    {
        if (context.Attach.Role)
        {
            var address = PathOf(((Source)context.Attach.Source).Address);
            var queue = address.EndsWith(DeadLetterSuffix, StringComparison.OrdinalIgnoreCase) ? address[..^DeadLetterSuffix.Length] : throw new InvalidOperationException($"Nobody receives from {address}.");
            context.Complete(new DeadQueueEndpoint(DeadLettersOf(queue), context.Link), 0);
            return;
        }

        context.Attach.MaxMessageSize = MaxMessageSize;
        context.Complete(new TargetLinkEndpoint(new Intake(this, PathOf(((Target)context.Attach.Target).Address)), context.Link), 100);
    }

    bool IHandler.CanHandle(EventId id) => id == EventId.SendDelivery;

    // The client takes the tag of a delivery as its lock token, which is a GUID.
    void IHandler.Handle(Event protocolEvent) => ((IDelivery)protocolEvent.Context).Tag = Guid.NewGuid().ToByteArray();

    public void Dispose() => host.Close();

    private static string PathOf(string address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) ? uri.AbsolutePath.Trim('/') : address;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void Take(string queue, MessageContext context)
    {
        if (Fails(++Transfers))
        {
            context.Complete(new Error("com.microsoft:timeout") { Description = "Not in time." });
            return;
        }

        var message = context.Message;
        IEnumerable<Message> messages = message.Format == BatchFormat ? Sections(message).Select(data => Message.Decode(new ByteBuffer(data.Binary, 0, data.Binary.Length, data.Binary.Length))) : [message];
        foreach (var one in messages) Taken.Enqueue((queue, one));
        context.Complete();
    }

    private static IEnumerable<Data> Sections(Message batch) =>
        batch.BodySection is DataList list ? Enumerable.Range(0, list.Count).Select(i => list[i]) : [(Data)batch.BodySection];

    private sealed class Intake(AmqpBroker broker, string queue) : IMessageProcessor
    {
        public int Credit => 100;

        public void Process(MessageContext messageContext) => broker.Take(queue, messageContext);
    }
}

/// <summary>Messages that were given up on, until a receiver completes them.</summary>
internal sealed class DeadQueue
{
    private readonly ConcurrentQueue<Message> waiting = new();

    /// <summary>What lies there and nobody has taken.</summary>
    public int Count => waiting.Count;

    /// <summary>Puts a message there.</summary>
    public void Add(Message message) => waiting.Enqueue(message);

    /// <summary>Takes the one that came first.</summary>
    public bool TryTake([NotNullWhen(true)] out Message? message) => waiting.TryDequeue(out message);
}

/// <summary>Hands out what a dead-letter queue holds when it is asked: the client asks for all it wants, and then for the rest to be drained.</summary>
internal sealed class DeadQueueEndpoint(DeadQueue queue, ListenerLink link) : LinkEndpoint
{
    public override void OnFlow(FlowContext flowContext)
    {
        for (var i = 0; i < flowContext.Messages && queue.TryTake(out var message); i++) link.SendMessage(message);
        if (link.IsDraining) link.CompleteDrain();
    }

    // Accepted, it is gone; anything else leaves it there.
    public override void OnDisposition(DispositionContext dispositionContext)
    {
        if (dispositionContext.DeliveryState is not Accepted) queue.Add(dispositionContext.Message);
        dispositionContext.Complete();
    }
}
