using Marketplace.BenchmarkWorker.Enrol;
using Marketplace.Client;
using Marketplace.Client.Tokens;

namespace Marketplace.BenchmarkWorker.Verify;

/// <summary>
/// The marketplace as this machine reaches it. Steps that run against the server's clock are asked once: if one is lost, waiting for
/// its repetition would count as time, and a new attempt is better. All other requests wait for a server that restarts.
/// </summary>
/// <param name="Patient">Repeats requests for a minute.</param>
/// <param name="Impatient">Asks once.</param>
internal sealed record Server(MarketplaceClient Patient, MarketplaceClient Impatient)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Reaches a server with a machine's enrolled key.</summary>
    /// <exception cref="InvalidOperationException">The key is not enrolled.</exception>
    public static Server Of(HttpClient http, MachineKeyFile key, TimeProvider time) => Of(http, () => key, time);

    /// <summary>Reaches a server with whatever key the machine has at each request.</summary>
    /// <exception cref="InvalidOperationException">The key is not enrolled.</exception>
    public static Server Of(HttpClient http, Func<MachineKeyFile> key, TimeProvider time)
    {
        if (key().Enrolment.IsUnset) throw new InvalidOperationException("The key is not enrolled: run 'enrol' first.");
        return new Server(new MarketplaceClient(http, Options(Patience)), new MarketplaceClient(http, Options(TimeSpan.Zero)));

        MarketplaceClientOptions Options(TimeSpan patience) => new()
        {
            Token = _ => ValueTask.FromResult(MachineToken.Create(key().Key, key().Enrolment, time)),
            Patience = patience,
        };
    }
}
