using System.Text.Json;
using System.Text.Json.Serialization;
using Marketplace.BenchmarkWorker.Meter;
using Marketplace.BenchmarkWorker.Verify;
using Marketplace.Client.Models;

namespace Marketplace.BenchmarkWorker.Output;

/// <summary>Something that happened while the worker served, for people and for machines.</summary>
/// <param name="Event"><c>serving</c>, <c>proving</c>, <c>verdict</c>, <c>metered</c>, <c>rekeyed</c>, <c>fault</c> or <c>stopped</c>.</param>
/// <param name="Text">The same for people.</param>
/// <param name="At">When, by this machine's clock.</param>
/// <param name="Verification">The verification; null where it is about none.</param>
/// <param name="Metered">The batch of readings; null where it is about none.</param>
internal sealed record WorkerEvent(string Event, string Text, DateTimeOffset At, VerificationModel? Verification = null, MeteredBatch? Metered = null);

/// <summary>Where events go.</summary>
/// <param name="asJson">One JSON object a line instead of text.</param>
/// <param name="time">Gives the events their time.</param>
/// <param name="output">Usually standard output.</param>
internal sealed class EventWriter(bool asJson, TimeProvider time, TextWriter output)
{
    /// <summary>The worker is there.</summary>
    public void Serving(string text) => Write(new WorkerEvent("serving", text, Now));

    /// <summary>A proof begins.</summary>
    public void Proving(VerificationModel verification) =>
        Write(new WorkerEvent("proving", $"{verification.VerificationId} for {verification.Subject} ({verification.Purpose}): proving.", Now, verification));

    /// <summary>A verification ended.</summary>
    public void Verdict(VerificationModel verdict) => Write(new WorkerEvent("verdict", VerdictText.Of(verdict), Now, verdict));

    /// <summary>Readings were sent.</summary>
    public void Metered(MeteredBatch batch) => Write(new WorkerEvent("metered", MeterCommand.TextOf(batch), Now, Metered: batch));

    /// <summary>The machine's key was replaced, and the worker goes on with the new one.</summary>
    public void Rekeyed(string text) => Write(new WorkerEvent("rekeyed", text, Now));

    /// <summary>Something went wrong; the worker goes on.</summary>
    public void Fault(string text) => Write(new WorkerEvent("fault", text, Now));

    /// <summary>The worker was asked to stop.</summary>
    public void Stopped() => Write(new WorkerEvent("stopped", "Stopped.", Now));

    private DateTimeOffset Now => time.GetUtcNow();

    private void Write(WorkerEvent happened) =>
        output.WriteLine(asJson ? JsonSerializer.Serialize(happened, WorkerEventJson.Default.WorkerEvent) : happened.Text);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WorkerEvent))]
internal sealed partial class WorkerEventJson : JsonSerializerContext;
