using System.Diagnostics;

namespace Marketplace.Testing.Azurite;

/// <summary>
/// The Azure Table Storage emulator of this test process: started at the first use on a free port, in memory, and gone when the
/// process ends, even by a kill.
/// </summary>
public sealed class AzuriteServer : IDisposable
{
    // Azurite's published development account; no secret.
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly Lazy<Task<AzuriteServer>> Shared = new(StartAsync);

    // Kept open: Azurite ends when this end of its standard input closes.
    private readonly Process process;

    private AzuriteServer(Process process, string address)
    {
        this.process = process;
        ConnectionString = $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};TableEndpoint={address}/{Account};";
    }

    public string ConnectionString { get; }

    public int ProcessId => process.Id;

    /// <summary>The process's one server.</summary>
    /// <exception cref="InvalidOperationException">It could not be installed or started; never skip a test for that.</exception>
    public static Task<AzuriteServer> GetAsync() => Shared.Value;

    /// <summary>Ends a server of one's own.</summary>
    public void Dispose()
    {
        process.Kill();
        process.Dispose();
    }

    /// <summary>One of its own, with nothing in it, for a test that shares none.</summary>
    public static async Task<AzuriteServer> StartAsync()
    {
        var process = AzuriteInstallation.Start("node", await AzuriteInstallation.EnsureAsync(), "start.cjs");
        var errors = process.StandardError.ReadToEndAsync();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (!line.StartsWith("listening ", StringComparison.Ordinal)) continue;

            // What it says later is read and dropped, so that it never waits for us.
            _ = process.StandardOutput.ReadToEndAsync();
            return new AzuriteServer(process, line["listening ".Length..]);
        }

        throw new InvalidOperationException($"Azurite ended before it listened: {await errors}");
    }
}
