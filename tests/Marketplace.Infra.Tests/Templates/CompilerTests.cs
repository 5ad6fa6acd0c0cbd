namespace Marketplace.Infra.Tests.Templates;

/// <summary>Type errors of Bicep are warnings with exit code 0: only silence is good.</summary>
public sealed class CompilerTests(CompiledTemplates compiled)
{
    [Fact]
    public void Templates_and_parameters_of_dev_compile_without_a_diagnostic() => Assert.Equal((0, ""), (compiled.Dev.ExitCode, compiled.Dev.Diagnostics));

    [Fact]
    public void Templates_and_parameters_of_prod_compile_without_a_diagnostic_and_say_what_they_deploy()
    {
        Assert.Equal((0, ""), (compiled.Prod.ExitCode, compiled.Prod.Diagnostics));
        Assert.NotEmpty(compiled.Of("Microsoft.Compute/virtualMachineScaleSets"));
    }

    [Fact]
    public void Every_module_is_part_of_the_template_and_every_environment_has_its_parameters()
    {
        var main = File.ReadAllText(Path.Combine(CompiledTemplates.Source, "main.bicep"));
        Assert.All(Directory.EnumerateFiles(Path.Combine(CompiledTemplates.Source, "modules"), "*.bicep"), module => Assert.Contains($"'modules/{Path.GetFileName(module)}'", main, StringComparison.Ordinal));
        Assert.Equal(["dev.bicepparam", "prod.bicepparam"], Directory.EnumerateFiles(CompiledTemplates.Source, "*.bicepparam").Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }
}
