namespace Marketplace.BenchmarkWorker.Verify;

/// <summary>A line that counts rounds on a terminal; silent where standard error is no terminal.</summary>
internal sealed class ConsoleProgress(string label) : IProgress<ProofProgress>
{
    private int shown = -1;

    /// <inheritdoc/>
    public void Report(ProofProgress value)
    {
        var percent = value.Round * 100 / value.Rounds;
        if (Console.IsErrorRedirected || percent == shown) return;
        shown = percent;
        Console.Error.Write($"\r{label} {value.Workload} round {value.Round} of {value.Rounds} ({percent} %)");
        if (value.Round == value.Rounds) Console.Error.WriteLine();
    }
}
