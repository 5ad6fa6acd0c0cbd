using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Testing.Simulation;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Runtime.Tests.Dispatch;

public sealed class SimulatedBatchTests
{
    [Fact]
    public async Task Simulator_delivers_in_order_in_batches_of_one_and_of_many_as_the_seed_says()
    {
        var (sizes, numbers) = await PlayAsync(seed: 3, disorderRate: 0);
        Assert.Contains(1, sizes);
        Assert.Contains(MessageRoute.MaxBatch, sizes);
        Assert.Contains(sizes, size => size is > 1 and < MessageRoute.MaxBatch);
        Assert.Equal(Enumerable.Range(0, 500), numbers);
        Assert.Equal(sizes, (await PlayAsync(seed: 3, disorderRate: 0)).Sizes);
        Assert.NotEqual(sizes, (await PlayAsync(seed: 4, disorderRate: 0)).Sizes);
    }

    [Fact]
    public async Task Simulator_delivers_some_messages_of_a_batch_again_in_another_batch()
    {
        var (_, numbers) = await PlayAsync(seed: 3, disorderRate: 0.3);
        Assert.Equal(Enumerable.Range(0, 500), numbers.Distinct().Order());
        Assert.InRange(numbers.Count, 550, 1_500);
    }

    private static async Task<(List<int> Sizes, List<int> Numbers)> PlayAsync(int seed, double disorderRate)
    {
        var log = new Log();
        await using var market = new SimulatedMarketplace(
            services => services.AddSingleton(log).AddBatchedMessage<Step, Handler>("steps", _ => "session"), seed, disorderRate);
        for (var number = 0; number < 500; number++) await market.SendAsync(new Step(number));
        await market.RunAsync();
        return (log.Sizes, log.Numbers);
    }

    private sealed record Step(int Number) : IMessage
    {
        public static string MessageType => "test.step.v1";
    }

    private sealed class Log
    {
        public List<int> Sizes { get; } = [];

        public List<int> Numbers { get; } = [];
    }

    private sealed class Handler(Log log) : ISessionBatchHandler
    {
        public Task HandleAsync(IReadOnlyList<DeliveredMessage> batch, CancellationToken cancellationToken)
        {
            log.Sizes.Add(batch.Count);
            log.Numbers.AddRange(batch.Select(message => ((Step)message.Contract).Number));
            return Task.CompletedTask;
        }
    }
}
