using System.Text.RegularExpressions;
using Marketplace.Contracts;

namespace Marketplace.Infra.Tests.Templates;

/// <summary>What code and infrastructure call by name is the same thing.</summary>
public sealed partial class NameTests(CompiledTemplates compiled)
{
    [Fact]
    public void Queues_are_those_of_the_modules() =>
        Assert.Equal(Queues.All.Order(StringComparer.Ordinal), LastNames("Microsoft.ServiceBus/namespaces/queues"));

    [Fact]
    public void Every_queue_has_sessions_keeps_order_and_drops_repetitions_for_longer_than_the_sweep_makes_them() =>
        Assert.All(compiled.Of("Microsoft.ServiceBus/namespaces/queues"), queue =>
        {
            var properties = queue["properties"]!;
            Assert.True((bool)properties["requiresSession"]!);
            Assert.True((bool)properties["requiresDuplicateDetection"]!);
            Assert.Equal("PT20M", (string)properties["duplicateDetectionHistoryTimeWindow"]!);
            Assert.False((bool)properties["deadLetteringOnMessageExpiration"]!);
            Assert.Null(properties["defaultMessageTimeToLive"]);
        });

    [Fact]
    public void Tables_are_those_of_the_modules()
    {
        var named = Repository.Products.SelectMany(project => project.Sources()).SelectMany(source => TableName().Matches(source.Text)).Select(match => match.Groups["table"].Value);
        Assert.Equal(named.Distinct().Order(StringComparer.Ordinal), LastNames("Microsoft.Storage/storageAccounts/tableServices/tables"));
    }

    [Fact]
    public void Alerts_ask_for_metrics_and_attributes_that_the_code_has()
    {
        var sources = string.Concat(Repository.Products.SelectMany(project => project.Sources()).Select(source => source.Text));
        var queries = compiled.Of("Microsoft.Insights/scheduledQueryRules").Select(rule => (string)rule["properties"]!["criteria"]!["allOf"]![0]!["query"]!).ToList();
        Assert.Equal(3, queries.Count);
        var names = queries.SelectMany(query => QuotedName().Matches(query)).Select(match => match.Value).Distinct().ToList();
        Assert.True(names.Count >= 5, "The names were not found.");
        Assert.All(names, name => Assert.Contains(name, sources, StringComparison.Ordinal));
    }

    private IEnumerable<string> LastNames(string type) =>
        compiled.Of(type).Select(resource => ((string)resource["name"]!).Split('/')[^1]).Order(StringComparer.Ordinal);

    // "marketplace.session.age", "messaging.destination.name".
    [GeneratedRegex(@"""[a-z]+(\.[a-z_]+)+""", RegexOptions.CultureInvariant)]
    private static partial Regex QuotedName();

    // Table = "registry", or the first part of a partition's id where it is written out: PartitionId Letters = new("deadletters", "letters").
    [GeneratedRegex(@"(\bTable = ""|\bPartitionId\b.*\bnew\("")(?<table>[a-z]+)""", RegexOptions.CultureInvariant)]
    private static partial Regex TableName();
}
