using System.Runtime.CompilerServices;
using System.Text.Json;
using Marketplace.Api.Requests;
using Marketplace.Client.Models;
using Marketplace.Trading.ReadMarket.Depth;
using Marketplace.Trading.ReadMarket.Follow;

namespace Marketplace.Api.Trading;

/// <summary>Events of a book as server-sent events. Each is written once, whoever many follow, and forgotten with the event.</summary>
internal static class MarketFrames
{
    private static readonly ConditionalWeakTable<MarketEvent, byte[]> Written = [];

    /// <summary>The frames of an event.</summary>
    public static byte[] Of(MarketEvent @event) => Written.GetValue(@event, Write);

    private static byte[] Write(MarketEvent @event)
    {
        using var frames = new MemoryStream();
        switch (@event)
        {
            case BookSnapshotTaken e:
                WriteFrame(frames, "snapshot", e.Sequence, new BookSnapshotModel(
                    e.Book.Model.ToString(), e.Book.Hub.ToString(), e.Sequence, e.At.ToWire(), e.IsHalted, ToModels(e.Runs)));
                break;
            case BookChanged e:
                // Only the last frame has an id, so that who loses the line in between is given all of them again.
                foreach (var trade in e.Trades) WriteFrame(frames, "trade", null, MarketModels.ToModel(trade));
                WriteFrame(frames, "depth", e.ToSequence, new DepthChangeModel(
                    e.FromSequence, e.ToSequence, e.At.ToWire(), e.IsHalted, ToModels(e.Runs)));
                break;
            case ResyncNeeded:
                WriteFrame(frames, "resync", null, new ResyncModel());
                break;
        }

        return frames.ToArray();
    }

    private static void WriteFrame<T>(MemoryStream frames, string name, long? id, T data)
    {
        if (id is { } number) frames.Write(System.Text.Encoding.ASCII.GetBytes($"id: {number}\n"));
        frames.Write(System.Text.Encoding.ASCII.GetBytes($"event: {name}\ndata: "));
        JsonSerializer.Serialize(frames, data, JsonSerializerOptions.Web);
        frames.Write("\n\n"u8);
    }

    private static DepthRunModel[] ToModels(IReadOnlyList<DepthRun> runs) =>
        [.. runs.Select(run => new DepthRunModel(WireForms.Name(run.At.Side), run.At.Price.ToModel(), run.From.ToString(), run.To.ToString(), run.GpuCount))];
}
