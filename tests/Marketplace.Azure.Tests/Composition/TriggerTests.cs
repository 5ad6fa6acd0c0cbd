using System.Text.Json;
using System.Text.RegularExpressions;
using Marketplace.Contracts;
using Marketplace.Runtime.Messages;

namespace Marketplace.Azure.Tests.Composition;

/// <summary>The triggers, read from their source, since not every build has the packages that compile them.</summary>
public sealed partial class TriggerTests
{
    private static readonly string Functions = Path.Combine(Root(), "functions", "Marketplace.Functions");

    [Fact]
    public void Every_queue_has_its_trigger_and_every_trigger_its_queue()
    {
        var triggered = QueueTrigger().Matches(Source("QueueTriggers.cs")).Select(match => match.Groups["queue"].Value).ToList();
        var queues = Queues.All.Select(queue => typeof(Queues).GetFields().Single(field => field.IsLiteral && (string)field.GetRawConstantValue()! == queue).Name);
        Assert.Equal(queues.Order(StringComparer.Ordinal), triggered.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void List_of_queues_has_every_queue_that_is_named() => Assert.Equal(
        typeof(Queues).GetFields().Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!).Order(StringComparer.Ordinal),
        Queues.All.Order(StringComparer.Ordinal));

    [Fact]
    public void Every_queue_is_handled_as_the_queue_that_triggered()
    {
        // The name is written twice in a trigger, once for the host and once for the receiver.
        var functions = Function().Split(Source("QueueTriggers.cs")).Skip(1).ToList();
        Assert.Equal(Queues.All.Count, functions.Count);
        Assert.All(functions, function =>
        {
            var name = QueueTrigger().Match(function).Groups["queue"].Value;
            Assert.StartsWith($"(\"Handle{name}\")", function, StringComparison.Ordinal);
            Assert.All(QueueName().Matches(function), used => Assert.Equal(name, used.Groups["queue"].Value));
            Assert.Contains("IsSessionsEnabled = true", function, StringComparison.Ordinal);
            Assert.Contains("AutoCompleteMessages = false", function, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Queues_with_batch_handlers_are_taken_in_batches_and_no_other()
    {
        using var app = CompositionTests.Compose();
        var routes = (MessageRoutes)app.Services.GetService(typeof(MessageRoutes))!;
        var batched = routes.All.Where(route => route.BatchHandler is not null).Select(route => route.Queue).Distinct().Order(StringComparer.Ordinal);
        var triggers = QueueTrigger().Matches(Source("QueueTriggers.cs")).Where(match => match.Value.Contains("IsBatched = true", StringComparison.Ordinal));
        Assert.Equal(batched, triggers.Select(match => (string)typeof(Queues).GetField(match.Groups["queue"].Value)!.GetRawConstantValue()!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Host_settings_are_as_designed()
    {
        using var host = JsonDocument.Parse(File.ReadAllText(Path.Combine(Functions, "host.json")));
        var extensions = host.RootElement.GetProperty("extensions");
        Assert.Equal("2.0", host.RootElement.GetProperty("version").GetString());

        // The API's own paths, without a prefix.
        Assert.Equal("", extensions.GetProperty("http").GetProperty("routePrefix").GetString());
        var bus = extensions.GetProperty("serviceBus");

        // The receiver settles; a batch is what one commit holds; an idle session is not kept from others; prefetched messages would lose their locks.
        Assert.False(bus.GetProperty("autoCompleteMessages").GetBoolean());
        Assert.Equal(MessageRoute.MaxBatch, bus.GetProperty("maxMessageBatchSize").GetInt32());
        Assert.InRange(TimeSpan.Parse(bus.GetProperty("sessionIdleTimeout").GetString()!, null), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        Assert.InRange(bus.GetProperty("maxConcurrentSessions").GetInt32(), 16, 256);
        Assert.Equal(0, bus.GetProperty("prefetchCount").GetInt32());
        Assert.False(bus.TryGetProperty("maxConcurrentCallsPerSession", out _));
    }

    private static string Source(string name) => File.ReadAllText(Path.Combine(Functions, "Triggers", name));

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Marketplace.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests do not run below the repository.");
    }

    [GeneratedRegex(@"\[ServiceBusTrigger\(Queues\.(?<queue>\w+),[^\]]*\)\]", RegexOptions.CultureInvariant)]
    private static partial Regex QueueTrigger();

    [GeneratedRegex(@"\[Function(?=\(""Handle)", RegexOptions.CultureInvariant)]
    private static partial Regex Function();

    [GeneratedRegex(@"\bQueues\.(?<queue>\w+)", RegexOptions.CultureInvariant)]
    private static partial Regex QueueName();
}
