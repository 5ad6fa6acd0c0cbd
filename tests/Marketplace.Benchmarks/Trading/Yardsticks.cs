using Marketplace.Benchmarks.Measure;

namespace Marketplace.Benchmarks.Trading;

/// <summary>The tree book on a workload.</summary>
internal sealed class TreeContestant(ReferenceWorkload workload) : IContestant
{
    private readonly OrderMessage[] messages = [.. workload.Messages];
    private TreeBook book = new();

    public string Name => "tree";

    public void Prepare() => book = new TreeBook();

    public ulong Run()
    {
        foreach (ref readonly var message in messages.AsSpan())
        {
            switch (message.Action)
            {
                case OrderAction.Buy: book.Buy(message.OrderId, message.Tick, message.Quantity); break;
                case OrderAction.Sell: book.Sell(message.OrderId, message.Tick, message.Quantity); break;
                default: book.Cancel(message.OrderId); break;
            }
        }

        return book.Tape.Hash;
    }
}

/// <summary>The array ladder on a workload.</summary>
internal sealed class LadderContestant(ReferenceWorkload workload) : IContestant
{
    private readonly OrderMessage[] messages = [.. workload.Messages];
    private readonly LadderBook book = new(ReferenceWorkload.Ticks, workload.OrderCount);

    public string Name => "ladder";

    public void Prepare() => book.Clear();

    public ulong Run()
    {
        foreach (ref readonly var message in messages.AsSpan())
        {
            switch (message.Action)
            {
                case OrderAction.Buy: book.Buy(message.OrderId, message.Tick, message.Quantity); break;
                case OrderAction.Sell: book.Sell(message.OrderId, message.Tick, message.Quantity); break;
                default: book.Cancel(message.OrderId); break;
            }
        }

        return book.Tape.Hash;
    }
}
