using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Marketplace.BenchmarkWorker.Kernels;
using Marketplace.Client.Models;

namespace Marketplace.BenchmarkWorker.Report;

/// <summary>What this machine says about itself. None of it is proven; certificates carry it marked so.</summary>
internal static class HostFacts
{
    /// <summary>The worker's version.</summary>
    public const string WorkerVersion = "0.1.0";

    /// <summary>Reads the facts.</summary>
    public static ReportedFactsModel Read(int cores) => new(
        Printable(ProcessorName()),
        cores,
        Math.Max(1, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1_000_000),
        Printable(RuntimeInformation.OSDescription),
        Int8Kernel.Best.Name,
        WorkerVersion,
        ProgramHash());

    private static string? ProgramHash()
    {
        try
        {
            using var program = File.OpenRead(Environment.ProcessPath!);
            return Convert.ToHexStringLower(SHA256.HashData(program));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string ProcessorName()
    {
        try
        {
            var line = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal));
            return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..] ?? RuntimeInformation.ProcessArchitecture.ToString();
        }
        catch (IOException)
        {
            // No such file outside Linux.
            return RuntimeInformation.ProcessArchitecture.ToString();
        }
    }

    private static string Printable(string text)
    {
        var kept = new StringBuilder();
        foreach (var c in text.Trim()) kept.Append(c is >= ' ' and <= '~' ? c : '?');
        if (kept.Length == 0) return "unknown";
        return kept.ToString(0, Math.Min(kept.Length, 200));
    }
}
