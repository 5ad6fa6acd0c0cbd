using Marketplace.Contracts;
using Marketplace.Registry.Data;

namespace Marketplace.Registry.Tests.Data;

public sealed class CatalogueTests
{
    private readonly Catalogue catalogue = new();

    [Fact]
    public void Classes_have_plausible_dense_figures()
    {
        Assert.Equal(11, catalogue.Models.Count);
        Assert.All(catalogue.Models.Where(model => !model.ProvenOnCpu), model =>
        {
            var (int8, bf16, memory, bandwidth, _) = model.Datasheet;
            Assert.True(bf16 is >= 100_000 and <= 10_000_000, $"{model.Id} bf16");

            // Dense int8 is twice bf16 (four times on GeForce): eight times would be a figure with sparsity.
            Assert.True(int8 >= 19 * bf16 / 10 && int8 <= 41 * bf16 / 10, $"{model.Id} int8");
            Assert.True(memory is >= 16_000 and <= 300_000, $"{model.Id} memory");
            Assert.True(bandwidth is >= 500_000 and <= 10_000_000, $"{model.Id} bandwidth");
            Assert.True(model.BoardPowerW is >= 300 and <= 1500, $"{model.Id} power");
        });
        Assert.All(catalogue.Models, model => Assert.True(model.AcceptedFraction is >= 0.5 and <= 0.85, $"{model.Id} fraction"));
        Assert.Equal(989_400, catalogue.FindModel(GpuModelId.Parse("nvidia-h200-sxm"))!.Datasheet.Bf16Gflops);
    }

    [Fact]
    public void One_class_is_proven_on_the_cpu_and_bounded_by_no_datasheet()
    {
        var cpu = Assert.Single(catalogue.Models, model => model.ProvenOnCpu);
        Assert.Equal(("cpu-x86-64", new Capacity(0, 0, 0, 0), 0.85), (cpu.Id.ToString(), cpu.Datasheet, cpu.AcceptedFraction));
    }

    [Fact]
    public void Eight_hubs_have_ten_clusters_and_codes_that_fit_into_identifiers()
    {
        Assert.Equal((8, 10), (catalogue.Hubs.Count, catalogue.Hubs.Sum(hub => hub.Clusters.Count)));
        Assert.Equal(8, catalogue.Hubs.Select(hub => hub.Code).Distinct().Count());
        Assert.All(catalogue.Hubs, hub =>
        {
            Assert.Equal(hub.Code, ResourceIdentifier.Of(hub.Code, 1).HubCode);
            Assert.Equal(hub, catalogue.FindHub(hub.Id));
            Assert.NotEmpty(hub.Name);
            Assert.All(hub.Clusters, cluster => Assert.NotEmpty(cluster.EnglishName));
        });

        // Codes are part of identifiers that are out in the world: they never change.
        Assert.Equal("JJ YD GB CY NM GZ GS NX", string.Join(' ', catalogue.Hubs.Select(hub => hub.Code)));
    }

    [Fact]
    public void What_is_not_listed_is_not_found()
    {
        Assert.Null(catalogue.FindModel(GpuModelId.Parse("nvidia-z1")));
        Assert.Null(catalogue.FindHub(HubId.Parse("atlantis")));
    }
}
