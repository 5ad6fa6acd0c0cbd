using System.Diagnostics;
using System.Text.RegularExpressions;
using YamlDotNet.Serialization;

namespace Marketplace.Infra.Tests.Workers;

/// <summary>What a GPU machine does when it starts.</summary>
public sealed partial class CloudInitTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(Repository.Root, "infra", "workers", "cloud-init.yaml"));
    private static readonly Dictionary<string, object> Document = new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(Text);

    [Fact]
    public void It_is_read_as_cloud_config_and_every_word_to_fill_in_is_filled_in()
    {
        Assert.StartsWith("#cloud-config\n", Text, StringComparison.Ordinal);
        var bicep = File.ReadAllText(Path.Combine(Repository.Root, "infra", "modules", "workers.bicep"));
        Assert.Equal(Words(Text), Words(bicep));
    }

    [Fact]
    public async Task Its_scripts_are_scripts()
    {
        var scripts = Files().Where(file => file.Content.StartsWith("#!/usr/bin/env bash\n", StringComparison.Ordinal)).ToList();
        Assert.Equal(["/usr/local/sbin/marketplace-enrol", "/usr/local/sbin/marketplace-fetch"], scripts.Select(file => file.Path).Order(StringComparer.Ordinal));
        foreach (var (path, content) in scripts)
        {
            using var bash = Process.Start(new ProcessStartInfo("bash", ["-n"]) { RedirectStandardInput = true, RedirectStandardError = true })!;
            await bash.StandardInput.WriteAsync(content);
            bash.StandardInput.Close();
            var complaint = await bash.StandardError.ReadToEndAsync();
            await bash.WaitForExitAsync();
            Assert.Equal((path, 0, ""), (path, bash.ExitCode, complaint));
        }
    }

    [Fact]
    public void Worker_is_a_service_that_comes_back_and_may_write_only_where_its_key_is()
    {
        var unit = Files().Single(file => file.Path == "/etc/systemd/system/marketplace-worker.service").Content;
        Assert.All(
            ["Restart=always", "User=marketplace", "ProtectSystem=strict", "ReadWritePaths=/var/lib/marketplace", "WantedBy=multi-user.target"],
            line => Assert.Contains("\n" + line + "\n", unit, StringComparison.Ordinal));
    }

    private static IEnumerable<(string Path, string Content)> Files() =>
        ((List<object>)Document["write_files"]).Cast<Dictionary<object, object>>().Select(file => ((string)file["path"], (string)file["content"]));

    private static IEnumerable<string> Words(string text) => Word().Matches(text).Select(match => match.Value).Distinct().Order(StringComparer.Ordinal);

    [GeneratedRegex(@"<<\w+>>", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
