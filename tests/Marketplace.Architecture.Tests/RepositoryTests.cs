using System.Text.RegularExpressions;

namespace Marketplace.Architecture.Tests;

/// <summary>What keeps the repository readable.</summary>
public sealed partial class RepositoryTests
{
    private static readonly string[] VagueNames = ["Manager", "Helper", "Helpers", "Utils", "Utilities", "Util", "Misc"];

    [Fact]
    public void Every_project_is_in_the_solution_and_the_solution_has_no_other()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "Marketplace.sln"));
        var listed = SolutionProject().Matches(text).Select(match => match.Groups["path"].Value.Replace('\\', '/')).Order(StringComparer.Ordinal);
        Assert.Equal(Repository.Products.Concat(Repository.Functions).Concat(Repository.Tests).Select(project => project.Path).Order(StringComparer.Ordinal), listed);
    }

    [Fact]
    public void Function_app_is_built_in_its_own_configuration_only()
    {
        // Not every feed has its packages: what is not built in a configuration is not restored either.
        var text = File.ReadAllText(Path.Combine(Repository.Root, "Marketplace.sln"));
        var id = SolutionProject().Matches(text).Single(match => match.Groups["path"].Value.Contains("Marketplace.Functions", StringComparison.Ordinal)).Groups["id"].Value;
        var built = text.Split('\n').Where(line => line.Contains($"{id}.", StringComparison.Ordinal) && line.Contains(".Build.0", StringComparison.Ordinal));
        Assert.Equal([$"{id}.Azure|Any CPU.Build.0 = Azure|Any CPU"], built.Select(line => line.Trim()));
    }

    [Fact]
    public void Configuration_Azure_builds_every_product_project_and_no_tests()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "Marketplace.sln"));
        var built = SolutionProject().Matches(text)
            .Where(match => text.Contains($"{match.Groups["id"].Value}.Azure|Any CPU.Build.0 = ", StringComparison.Ordinal))
            .Select(match => match.Groups["path"].Value.Replace('\\', '/')).Order(StringComparer.Ordinal);
        Assert.Equal(Repository.Products.Concat(Repository.Functions).Select(project => project.Path).Order(StringComparer.Ordinal), built);
    }

    [Fact]
    public void Every_product_project_and_the_benchmarks_say_on_a_page_what_they_are() => Assert.Empty(
        Repository.Products.Concat(Repository.Tests.Where(project => project.Name == "Benchmarks")).Where(project => !File.Exists(Path.Combine(project.Folder, "README.md"))).Select(project => project.Name));

    [Fact]
    public void Every_module_has_its_tests() => Assert.Empty(
        Repository.Products.Where(project => project.IsDomainModule && project.Name is not "Contracts").Select(project => project.Name + ".Tests")
            .Except(Repository.Tests.Select(project => project.Name)));

    [Fact]
    public void No_file_has_a_name_that_says_nothing() => Assert.Empty(
        from project in Repository.Products
        from source in project.Sources()
        let name = Path.GetFileNameWithoutExtension(source.Name)
        where VagueNames.Any(vague => name.EndsWith(vague, StringComparison.Ordinal))
        select source.Name);

    [Fact]
    public void No_test_is_skipped() => Assert.Empty(
        from project in Repository.Tests
        from source in project.Sources()
        where SkippedTest().IsMatch(source.Text)
        select source.Name);

    [Fact]
    public void Every_refusal_says_its_precedence_and_has_its_problem()
    {
        var api = string.Concat(Repository.Products.Single(project => project.Name == "Api").Sources().Select(source => source.Text));
        var enums = Repository.Products.Where(project => project.IsDomainModule).SelectMany(project => project.Sources())
            .SelectMany(source => RefusalEnum().Matches(source.Text).Select(match => (source.Name, Match: match))).ToList();
        Assert.NotEmpty(enums);
        Assert.Empty(
            from found in enums
            let members = Member().Matches(found.Match.Groups["body"].Value)
            where members.Count > 1 && !Precedence().IsMatch(found.Match.Groups["summary"].Value)
            select $"{found.Name}: {found.Match.Groups["enum"].Value} does not say which refusal goes first");
        Assert.Empty(
            from found in enums
            let name = found.Match.Groups["enum"].Value
            from Match member in Member().Matches(found.Match.Groups["body"].Value)
            where !api.Contains($"{name}.{member.Groups["member"].Value}", StringComparison.Ordinal)
            select $"{name}.{member.Groups["member"].Value} has no problem in the API");
    }

    [GeneratedRegex("""^Project\("\{[^}]+\}"\) = "[^"]+", "(?<path>[^"]+\.csproj)", "(?<id>[^"]+)""", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex SolutionProject();

    [GeneratedRegex(@"\[(Fact|Theory)\([^\]]*Skip\s*=|Assert\.Skip\(", RegexOptions.CultureInvariant)]
    private static partial Regex SkippedTest();

    [GeneratedRegex(@"(?<summary>(^\s*///.*\n)*)^\s*public enum (?<enum>\w+Refusal)\s*\{(?<body>[^}]*)\}", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex RefusalEnum();

    [GeneratedRegex(@"^\s*(?<member>[A-Z]\w*)\s*,?\s*$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Member();

    [GeneratedRegex(@"first|precedence|order", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Precedence();
}
