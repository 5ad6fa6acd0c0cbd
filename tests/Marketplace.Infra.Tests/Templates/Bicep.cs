using System.Diagnostics;
using System.Reflection;

namespace Marketplace.Infra.Tests.Templates;

/// <summary>How a run of the compiler ended. Warnings leave its exit code at 0, so what it says on standard error counts too.</summary>
internal sealed record BicepRun(int ExitCode, string Output, string Diagnostics);

/// <summary>The Bicep compiler. It works without a network: the types of all resources are in it.</summary>
internal static class Bicep
{
    private static readonly string Compiler = typeof(Bicep).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "BicepCompiler").Value!;

    public static async Task<BicepRun> RunAsync(string folder, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Compiler, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var diagnostics = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new BicepRun(process.ExitCode, await output, await diagnostics);
    }
}
