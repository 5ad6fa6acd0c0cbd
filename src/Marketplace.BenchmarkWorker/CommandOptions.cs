using System.CommandLine;

namespace Marketplace.BenchmarkWorker;

/// <summary>Options that several commands have.</summary>
internal static class CommandOptions
{
    public static Option<bool> Json(string description = "Print one JSON document instead of text.") => new("--json") { Description = description };

    public static Option<int> Cores()
    {
        var option = new Option<int>("--cores") { Description = "Cores to use; all unless given.", DefaultValueFactory = _ => Environment.ProcessorCount };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 65_536) result.AddError("--cores is a whole number from 1.");
        });
        return option;
    }

    public static Option<Uri> Api()
    {
        var option = new Option<Uri>("--api")
        {
            Description = "The marketplace's address, such as http://127.0.0.1:5080.",
            Required = true,
            CustomParser = result =>
            {
                if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https") return uri;
                result.AddError("--api is an http or https address.");
                return null!;
            },
        };
        return option;
    }

    public static Option<string?> StateFile() =>
        new("--state") { Description = "The file in which metering keeps what it must not forget; kept in memory unless given." };

    public static Option<string> KeyFile() => new("--key") { Description = "The file that holds this machine's private key.", Required = true };
}

/// <summary>What the program's exit code says.</summary>
internal static class ExitCodes
{
    /// <summary>Done; every claim is proven.</summary>
    public const int Passed = 0;

    /// <summary>Something went wrong: no server, no key, a refusal. (Wrong arguments give this too.)</summary>
    public const int Fault = 1;

    /// <summary>At least one verification failed.</summary>
    public const int Failed = 3;

    /// <summary>There was nothing to prove.</summary>
    public const int Nothing = 4;
}
