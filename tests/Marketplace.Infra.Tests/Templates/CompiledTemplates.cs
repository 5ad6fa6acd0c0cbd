using System.Text.Json.Nodes;

[assembly: AssemblyFixture(typeof(Marketplace.Infra.Tests.Templates.CompiledTemplates))]

namespace Marketplace.Infra.Tests.Templates;

/// <summary>
/// What the compiler makes of <c>infra/</c>, in a copy of the folder: its diagnostics, the template, and the resources that a
/// deployment of prod with two GPU machines would bring about.
/// </summary>
public sealed class CompiledTemplates : IAsyncLifetime
{
    // Of no meaning, but all that a deployment takes from its environment.
    private static readonly Dictionary<string, string> Environment = new()
    {
        ["WORKER_COUNT"] = "2",
        ["WORKER_SHA256"] = new string('a', 64),
        ["WORKER_SSH_PUBLIC_KEY"] = "ssh-ed25519 AAAA",
    };

    private readonly string folder = Directory.CreateTempSubdirectory("marketplace-infra-").FullName;

    /// <summary>Where the files are in the repository.</summary>
    public static string Source { get; } = Path.Combine(Repository.Root, "infra");

    /// <summary>Compiles and lints the template, its modules and the parameters of dev.</summary>
    internal BicepRun Dev { get; private set; } = null!;

    /// <summary>The same for prod, and from there on to the resources.</summary>
    internal BicepRun Prod { get; private set; } = null!;

    /// <summary>The template with its modules inside.</summary>
    public JsonObject Template { get; private set; } = null!;

    /// <summary>The resources of prod; names and values that are known only at run time stay expressions.</summary>
    public IReadOnlyList<JsonObject> Resources { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        foreach (var file in Directory.EnumerateFiles(Source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder, Path.GetRelativePath(Source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        Dev = await Bicep.RunAsync(folder, Environment, "build-params", "dev.bicepparam", "--stdout");
        Prod = await Bicep.RunAsync(
            folder, Environment, "snapshot", "prod.bicepparam", "--mode", "overwrite", "--subscription-id", Guid.Empty.ToString(), "--resource-group", "rg", "--location", "northeurope");
        if (Dev.ExitCode != 0 || Prod.ExitCode != 0) return;
        Template = JsonNode.Parse((string)JsonNode.Parse(Dev.Output)!["templateJson"]!)!.AsObject();
        var snapshot = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "prod.snapshot.json")))!;
        Resources = [.. snapshot["predictedResources"]!.AsArray().Select(resource => resource!.AsObject())];
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Resources of a type, such as <c>Microsoft.ServiceBus/namespaces/queues</c>.</summary>
    public IEnumerable<JsonObject> Of(string type) => Resources.Where(resource => (string?)resource["type"] == type);
}
