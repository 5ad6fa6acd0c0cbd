using System.Text.Json;

namespace Marketplace.Azure.Tests.Processes;

/// <summary>What an instance is told on its command line.</summary>
/// <param name="Number">Tells instances apart, and seeds its draws.</param>
/// <param name="Tables">The emulator.</param>
/// <param name="Broker">Where the stand-in for the bus listens, on loopback.</param>
/// <param name="StallRate">How often a commit is held up for longer than the session's lock lasts: 0 to 1.</param>
/// <param name="StallMilliseconds">For how long.</param>
internal sealed record InstanceSettings(int Number, string Tables, string Broker, double StallRate, int StallMilliseconds)
{
    public string ToArgument() => JsonSerializer.Serialize(this);

    public static InstanceSettings Parse(string argument) => JsonSerializer.Deserialize<InstanceSettings>(argument)!;
}

/// <summary>What an instance says at its end.</summary>
/// <param name="Deliveries">Deliveries it handled.</param>
/// <param name="Stalls">Commits that it held up.</param>
/// <param name="Fenced">How many of those met another's effect: a conflict, or a receipt.</param>
/// <param name="Unsettled">Deliveries that it could not settle any more.</param>
internal sealed record InstanceReport(int Deliveries, int Stalls, int Fenced, int Unsettled)
{
    public static InstanceReport operator +(InstanceReport a, InstanceReport b) =>
        new(a.Deliveries + b.Deliveries, a.Stalls + b.Stalls, a.Fenced + b.Fenced, a.Unsettled + b.Unsettled);
}
