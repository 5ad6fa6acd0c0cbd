using System.Text.RegularExpressions;
using YamlDotNet.Serialization;
using Map = System.Collections.Generic.Dictionary<object, object>;

namespace Marketplace.Infra.Tests.Workflows;

/// <summary>What the workflows may do.</summary>
public sealed partial class WorkflowTests
{
    private static readonly Dictionary<string, string> Texts = Directory.EnumerateFiles(Path.Combine(Repository.Root, ".github", "workflows"), "*.yml")
        .ToDictionary(file => Path.GetFileName(file), File.ReadAllText);

    private static readonly Dictionary<string, Map> Workflows = Texts.ToDictionary(pair => pair.Key, pair => new DeserializerBuilder().Build().Deserialize<Map>(pair.Value));

    [Fact]
    public void There_is_one_that_tests_and_one_that_deploys_by_hand_only()
    {
        Assert.Equal(["ci.yml", "deploy.yml"], Workflows.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["workflow_dispatch"], ((Map)Workflows["deploy.yml"]["on"]).Keys);
    }

    [Fact]
    public void Every_action_is_pinned_to_a_version()
    {
        var uses = Steps().Where(step => step.ContainsKey("uses")).Select(step => (string)step["uses"]).ToList();
        Assert.NotEmpty(uses);
        Assert.All(uses, action => Assert.Matches(PinnedAction(), action));
    }

    [Fact]
    public void Workflows_may_read_the_repository_and_only_the_deployment_may_ask_for_an_identity()
    {
        Assert.All(Workflows.Values, workflow => Assert.Equal(new Map { ["contents"] = "read" }, (Map)workflow["permissions"]));
        var more = Jobs().Where(job => job.Job.ContainsKey("permissions")).ToList();
        var deployment = Assert.Single(more);
        Assert.Equal("deploy", deployment.Name);
        Assert.Equal(new Map { ["contents"] = "read", ["id-token"] = "write" }, (Map)deployment.Job["permissions"]);
        Assert.True(deployment.Job.ContainsKey("environment"), "A deployment waits for the approval of its environment.");
    }

    [Fact]
    public void No_workflow_needs_a_stored_secret() => Assert.DoesNotContain(Texts.Values, text => text.Contains("secrets.", StringComparison.Ordinal));

    // An expression in a script would let whoever names a branch or an input run what they like: values go in as environment variables.
    [Fact]
    public void No_expression_is_written_into_a_script() =>
        Assert.All(Steps().Where(step => step.ContainsKey("run")), step => Assert.DoesNotContain("${{", (string)step["run"], StringComparison.Ordinal));

    [Fact]
    public void What_the_parameters_take_from_the_environment_the_deployment_passes_on()
    {
        var read = Directory.EnumerateFiles(Path.Combine(Repository.Root, "infra"), "*.bicepparam")
            .SelectMany(file => EnvironmentVariable().Matches(File.ReadAllText(file))).Select(match => match.Groups["name"].Value).Distinct();
        var passed = ((Map)Jobs().Single(job => job.Name == "deploy").Job["env"]).Keys.Cast<string>();
        Assert.Empty(read.Except(passed));
    }

    private static IEnumerable<(string Name, Map Job)> Jobs() =>
        Workflows.Values.SelectMany(workflow => (Map)workflow["jobs"]).Select(job => ((string)job.Key, (Map)job.Value));

    private static IEnumerable<Map> Steps() =>
        Jobs().Where(job => job.Job.ContainsKey("steps")).SelectMany(job => ((List<object>)job.Job["steps"]).Cast<Map>());

    [GeneratedRegex(@"^[a-z-]+/[a-z-]+@v[0-9]+(\.[0-9]+)*$", RegexOptions.CultureInvariant)]
    private static partial Regex PinnedAction();

    [GeneratedRegex(@"readEnvironmentVariable\('(?<name>\w+)'", RegexOptions.CultureInvariant)]
    private static partial Regex EnvironmentVariable();
}
