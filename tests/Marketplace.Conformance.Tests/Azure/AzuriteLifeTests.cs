using System.Diagnostics;
using System.Globalization;
using Marketplace.Testing.Azurite;

namespace Marketplace.Conformance.Tests.Azure;

public sealed class AzuriteLifeTests
{
    public const string HoldArgument = "--hold-azurite";

    [Fact]
    public async Task Emulator_dies_with_the_test_process_even_if_that_is_killed()
    {
        using var holder = ThisProgram.Start(HoldArgument);
        var id = int.Parse((await holder.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
        using var emulator = Process.GetProcessById(id);
        holder.Kill();

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await emulator.WaitForExitAsync(patience.Token);
    }

    /// <summary>The process to be killed: starts the emulator, says its id, and waits.</summary>
    public static async Task<int> HoldAsync()
    {
        Console.WriteLine((await AzuriteServer.GetAsync()).ProcessId);
        await Task.Delay(Timeout.Infinite);
        return 0;
    }
}
