using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Marketplace.Infra.Tests.Templates;

/// <summary>No secret leaves a deployment, and nothing is reached with one that could be left out.</summary>
public sealed partial class SecretTests(CompiledTemplates compiled)
{
    [Fact]
    public void No_output_of_any_module_can_hold_a_secret()
    {
        var outputs = OutputsOf(compiled.Template).ToList();
        Assert.True(outputs.Count > 10, "The outputs were not found.");
        Assert.All(outputs, output =>
        {
            Assert.False(Secret().IsMatch(output.Value), $"{output.Name}: {output.Value}");
            Assert.False(output.Type.StartsWith("secure", StringComparison.Ordinal), output.Name);
        });
    }

    [Fact]
    public void Template_takes_no_secret_as_a_parameter() =>
        Assert.DoesNotContain(compiled.Template["parameters"]!.AsObject(), parameter => ((string)parameter.Value!["type"]!).StartsWith("secure", StringComparison.Ordinal));

    [Fact]
    public void Settings_that_are_secrets_are_references_to_the_vault()
    {
        var settings = compiled.Of("Microsoft.Web/sites/config").Single()["properties"]!.AsObject();
        var secrets = settings.Where(setting => SecretSetting().IsMatch(setting.Key)).ToList();
        Assert.Equal(["Certificates__SigningKey", "Stripe__ApiKey", "Stripe__WebhookSecret"], secrets.Select(setting => setting.Key).Order(StringComparer.Ordinal));
        Assert.All(secrets, setting => Assert.StartsWith("@Microsoft.KeyVault(", (string)setting.Value!, StringComparison.Ordinal));
    }

    [Fact]
    public void No_service_can_be_reached_with_a_shared_key()
    {
        Assert.Equal(2, compiled.Of("Microsoft.Storage/storageAccounts").Count(account => !(bool)account["properties"]!["allowSharedKeyAccess"]!));
        Assert.True((bool)compiled.Of("Microsoft.ServiceBus/namespaces").Single()["properties"]!["disableLocalAuth"]!);
        Assert.True((bool)compiled.Of("Microsoft.Insights/components").Single()["properties"]!["DisableLocalAuth"]!);
        Assert.True((bool)compiled.Of("Microsoft.KeyVault/vaults").Single()["properties"]!["enableRbacAuthorization"]!);
    }

    [Fact]
    public void Roles_are_just_these()
    {
        string[] expected =
        [
            "Azure Service Bus Data Owner on Microsoft.ServiceBus/namespaces",
            "Key Vault Secrets User on Microsoft.KeyVault/vaults",
            "Monitoring Metrics Publisher on Microsoft.Insights/components",
            "Storage Blob Data Owner on Microsoft.Storage/storageAccounts",
            "Storage Blob Data Reader on Microsoft.Storage/storageAccounts/blobServices/containers",
            "Storage Table Data Contributor on Microsoft.Storage/storageAccounts",
        ];
        var found = RoleAssignments(compiled.Template).Select(role => $"{RoleNames[role.Role]} on {role.Scope}");
        Assert.Equal(expected, found.Order(StringComparer.Ordinal));
    }

    private static readonly Dictionary<string, string> RoleNames = new()
    {
        ["090c5cfd-751d-490a-894a-3ce6f1109419"] = "Azure Service Bus Data Owner",
        ["4633458b-17de-408a-b874-0445c86b69e6"] = "Key Vault Secrets User",
        ["3913510d-42f4-4e42-8a64-420c390055eb"] = "Monitoring Metrics Publisher",
        ["b7e6dc6d-f1e8-4753-8033-0f276bb0955b"] = "Storage Blob Data Owner",
        ["2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"] = "Storage Blob Data Reader",
        ["0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"] = "Storage Table Data Contributor",
    };

    private static IEnumerable<(string Name, string Type, string Value)> OutputsOf(JsonObject template)
    {
        foreach (var (name, output) in template["outputs"]?.AsObject() ?? []) yield return (name, (string)output!["type"]!, output["value"]?.ToJsonString() ?? "");
        foreach (var output in ModulesOf(template).SelectMany(OutputsOf)) yield return output;
    }

    private static IEnumerable<(string Role, string Scope)> RoleAssignments(JsonObject template)
    {
        foreach (var resource in ResourcesOf(template).Where(resource => (string?)resource["type"] == "Microsoft.Authorization/roleAssignments"))
        {
            var roleVariable = Variable().Match((string)resource["properties"]!["roleDefinitionId"]!).Groups["name"].Value;
            var role = RoleId().Match((string)template["variables"]![roleVariable]!).Value;
            yield return (role, ScopeType().Match((string)resource["scope"]!).Groups["type"].Value);
        }

        foreach (var assignment in ModulesOf(template).SelectMany(RoleAssignments)) yield return assignment;
    }

    private static IEnumerable<JsonObject> ModulesOf(JsonObject template) => ResourcesOf(template)
        .Where(resource => (string?)resource["type"] == "Microsoft.Resources/deployments")
        .Select(resource => resource["properties"]!["template"]!.AsObject());

    // By their names in Bicep where the template uses newer parts of the language, else a list.
    private static IEnumerable<JsonObject> ResourcesOf(JsonObject template) =>
        (template["resources"] is JsonArray list ? list : template["resources"]!.AsObject().Select(pair => pair.Value)).Select(resource => resource!.AsObject());

    [GeneratedRegex(@"\blist\w*\(|connectionString|instrumentationKey|primaryKey|secondaryKey|password|secret|token|\bsas\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Secret();

    [GeneratedRegex(@"Key$|Secret$|Password|Token$", RegexOptions.CultureInvariant)]
    private static partial Regex SecretSetting();

    [GeneratedRegex(@"variables\('(?<name>\w+)'\)", RegexOptions.CultureInvariant)]
    private static partial Regex Variable();

    [GeneratedRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", RegexOptions.CultureInvariant)]
    private static partial Regex RoleId();

    [GeneratedRegex(@"resourceId\('(?<type>[^']+)'", RegexOptions.CultureInvariant)]
    private static partial Regex ScopeType();
}
