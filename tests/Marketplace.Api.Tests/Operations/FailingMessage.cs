using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Api.Tests.Operations;

/// <summary>A message whose handler breaks an invariant until it is mended.</summary>
public sealed record FailingMessage(string Session, int Number) : IMessage
{
    public static string MessageType => "test.failing.v1";

    public static void Register(IServiceCollection services)
    {
        services.AddSingleton<Log>();
        services.AddMessageHandler<FailingMessage, Handler>("tests", m => m.Session);
    }

    public sealed class Log
    {
        public bool Mended { get; set; }

        public List<int> Handled { get; } = [];
    }

    private sealed class Handler(Log log) : IMessageHandler<FailingMessage>
    {
        public Task HandleAsync(FailingMessage message, MessageContext context, CancellationToken cancellationToken)
        {
            InvariantException.Require(log.Mended, "The test's handler is broken.");
            lock (log.Handled) log.Handled.Add(message.Number);
            return Task.CompletedTask;
        }
    }
}
