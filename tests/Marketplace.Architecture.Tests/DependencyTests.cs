using System.Text.RegularExpressions;

namespace Marketplace.Architecture.Tests;

/// <summary>Dependencies point one way: Kernel, Contracts, Runtime, modules, adapters and API, programs.</summary>
public sealed partial class DependencyTests
{
    private static readonly string[] Core = ["Kernel", "Contracts", "Runtime"];
    private static readonly string[] Modules = ["Registry", "Verification", "Trading", "Leasing", "Metering", "Ledger", "Billing", "Finance"];

    /// <summary>What each project may reference. A new project is placed here, by thought.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Kernel"] = [],
        ["Contracts"] = ["Kernel"],
        ["Runtime"] = ["Kernel", "Contracts"],
        ["Registry"] = Core,
        ["Verification"] = Core,
        ["Trading"] = Core,
        ["Leasing"] = Core,
        ["Metering"] = Core,
        ["Ledger"] = Core,
        ["Billing"] = Core,
        ["Finance"] = Core,
        ["Sqlite"] = Core,
        ["AzureTables"] = Core,
        ["Stripe"] = [.. Core, "Billing"],
        ["StripeDouble"] = [],
        ["Client"] = ["Kernel"],
        ["Api"] = [.. Core, .. Modules, "Client"],
        // The command line replays certificates offline with the same pure check as the server.
        ["Cli"] = ["Kernel", "Client", "Verification"],
        ["BenchmarkWorker"] = ["Kernel", "Client", "Verification"],

        // The worker is only built beside the host, which starts it as a process of its own.
        ["Local"] = [.. Core, .. Modules, "Client", "Api", "Sqlite", "Stripe", "StripeDouble", "BenchmarkWorker"],
    };

    /// <summary>Where each package may be referenced. What is not named here stays out.</summary>
    private static readonly Dictionary<string, string[]> AllowedPackages = new()
    {
        ["NodaTime"] = ["Kernel"],
        ["NodaTime.Serialization.SystemTextJson"] = ["Runtime"],
        ["Polly.Core"] = ["Client"],
        ["Microsoft.Data.Sqlite"] = ["Sqlite", "StripeDouble"],
        ["Azure.Data.Tables"] = ["AzureTables"],
        ["Stripe.net"] = ["Stripe", "StripeDouble"],
        ["System.Configuration.ConfigurationManager"] = ["Stripe", "StripeDouble"],
        ["Microsoft.AspNetCore.Authentication.JwtBearer"] = ["Api"],
        ["Microsoft.AspNetCore.OpenApi"] = ["Api"],
        ["Microsoft.Bcl.Cryptography"] = ["Api"],
        ["Scalar.AspNetCore"] = ["Api"],
        ["Parquet.Net"] = ["Finance"],
        ["Spectre.Console"] = ["Local"],
        ["System.CommandLine"] = ["Local", "BenchmarkWorker", "Cli"],
    };

    /// <summary>
    /// What is below tests and no test project: what it may reference. Without a test framework, so that <c>dotnet test</c> passes it over.
    /// </summary>
    private static readonly Dictionary<string, (string[] Projects, string[] Packages)> BesideTests = new()
    {
        ["Testing"] = (["Runtime", "Billing"], []),

        // The host is only built beside the benchmarks, which start it as a process of its own.
        ["Benchmarks"] = (["Trading", "Metering", "Billing", "Ledger", "Finance", "AzureTables", "Client", "Local", "Testing"], ["System.CommandLine"]),
    };

    [Fact]
    public void Every_project_references_only_what_lies_below_it() => Assert.Empty(
        from project in Repository.Products
        from reference in project.References
        where !Allowed.GetValueOrDefault(project.Name, []).Contains(reference)
        select $"{project.Name} must not reference {reference}");

    [Fact]
    public void Every_project_has_its_place_and_every_place_its_project() =>
        Assert.Equal(Allowed.Keys.Order(StringComparer.Ordinal), Repository.Products.Select(project => project.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void The_list_of_what_is_allowed_has_no_circle_and_no_module_beside_a_module()
    {
        var placed = new HashSet<string>();
        while (placed.Count < Allowed.Count)
        {
            var next = Allowed.Where(pair => !placed.Contains(pair.Key) && pair.Value.All(placed.Contains)).Select(pair => pair.Key).ToList();
            Assert.NotEmpty(next);
            placed.UnionWith(next);
        }

        Assert.All(Modules, module => Assert.Empty(Allowed[module].Intersect(Modules)));
    }

    [Fact]
    public void Packages_are_referenced_only_where_they_belong() => Assert.Empty(
        from project in Repository.Products
        from package in project.Packages
        where !AllowedPackages.GetValueOrDefault(package, []).Contains(project.Name)
        select $"{project.Name} must not reference the package {package}");

    [Fact]
    public void What_is_below_tests_is_a_test_project_or_has_its_place()
    {
        var beside = Repository.Tests.Where(project => !project.Name.EndsWith(".Tests", StringComparison.Ordinal)).ToList();
        Assert.Equal(BesideTests.Keys.Order(StringComparer.Ordinal), beside.Select(project => project.Name).Order(StringComparer.Ordinal));
        Assert.All(beside, project => Assert.Empty(project.References.Except(BesideTests[project.Name].Projects)));
        Assert.All(beside, project => Assert.Empty(project.Packages.Except(BesideTests[project.Name].Packages)));
    }

    [Fact]
    public void Kernel_contracts_and_modules_take_time_ids_and_randomness_from_ports() =>
        Assert.All(Repository.Products.Where(project => project.Name is "Kernel" or "Contracts" || Modules.Contains(project.Name)), project =>
        {
            Assert.True(project.IsDomainModule, $"{project.Name} lacks the ban on clocks, ids and randomness");
            Assert.DoesNotContain(project.Sources(), source => source.Text.Contains("RS0030", StringComparison.Ordinal));
        });

    [Fact]
    public void Modules_know_neither_http_nor_a_store_nor_a_payment_service_nor_each_other()
    {
        var inner = Repository.Products.Where(project => Core.Contains(project.Name) || Modules.Contains(project.Name));
        Assert.Empty(
            from project in inner
            from source in project.Sources()
            from Match use in Foreign().Matches(source.Text)
            let other = use.Groups["name"].Value
            where !Core.Contains(other) && other != project.Name
            select $"{source.Name}: {use.Value.Trim()}");
    }

    [Fact]
    public void Benchmarks_start_the_host_as_a_process_and_never_call_it() => Assert.DoesNotContain(
        Repository.Tests.Single(project => project.Name == "Benchmarks").Sources(), source => source.Text.Contains("using Marketplace.Local", StringComparison.Ordinal));

    [Fact]
    public void Host_starts_the_worker_as_a_process_and_never_calls_it() =>
        Assert.DoesNotContain(Repository.Products.Single(project => project.Name == "Local").Sources(), source => source.Text.Contains("using Marketplace.BenchmarkWorker", StringComparison.Ordinal));

    // Runtime brings ASP.NET's assemblies along for hosting and dependency injection, so references alone do not tell.
    [GeneratedRegex(@"^(global )?using (static )?(Microsoft\.AspNetCore|Microsoft\.Data|Azure|Stripe|Marketplace\.(?<name>\w+))\b.*$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Foreign();
}
