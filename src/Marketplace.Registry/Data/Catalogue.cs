using System.Text.Json;
using Marketplace.Contracts;
using Marketplace.Runtime;

namespace Marketplace.Registry.Data;

/// <summary>The GPU classes and hubs of the data files that are embedded beside this type.</summary>
public sealed class Catalogue : ICatalogue
{
    private const double DefaultAcceptedFraction = 0.85;
    private readonly Dictionary<GpuModelId, GpuModel> modelsById;
    private readonly Dictionary<HubId, Hub> hubsById;

    /// <summary>Reads the data files.</summary>
    /// <exception cref="InvariantException">A file is not what it should be.</exception>
    public Catalogue()
    {
        Models = [.. Read<ModelFile>("gpu-models.json").Models.Select(ToModel)];
        Hubs = [.. Read<HubFile>("national-hubs.json").Hubs];
        modelsById = Models.ToDictionary(model => model.Id);
        hubsById = Hubs.ToDictionary(hub => hub.Id);
    }

    /// <inheritdoc/>
    public IReadOnlyList<GpuModel> Models { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Hub> Hubs { get; }

    /// <inheritdoc/>
    public GpuModel? FindModel(GpuModelId id) => modelsById.GetValueOrDefault(id);

    /// <inheritdoc/>
    public Hub? FindHub(HubId id) => hubsById.GetValueOrDefault(id);

    private static GpuModel ToModel(ModelRow row) => new(
        row.Id,
        row.Vendor,
        row.Name,
        row.FormFactor,
        new Capacity(row.DenseInt8Gops, row.DenseBf16Gflops, row.MemoryMB, row.MemoryBandwidthMBps, row.DenseFp64Gflops),
        row.BoardPowerW,
        row.AcceptedFraction ?? DefaultAcceptedFraction,
        row.ProvenOnCpu);

    private static TFile Read<TFile>(string file)
    {
        using var stream = typeof(Catalogue).Assembly.GetManifestResourceStream(file);
        InvariantException.Require(stream is not null, $"The data file {file} is not embedded.");
        return JsonSerializer.Deserialize<TFile>(stream, MarketplaceJson.Options) ?? throw new InvariantException($"The data file {file} is empty.");
    }

    private sealed record ModelFile(IReadOnlyList<ModelRow> Models);

    private sealed record ModelRow(
        GpuModelId Id,
        string Vendor,
        string Name,
        string FormFactor,
        long DenseInt8Gops,
        long DenseBf16Gflops,
        long MemoryMB,
        long MemoryBandwidthMBps,
        int BoardPowerW,
        double? AcceptedFraction,
        bool ProvenOnCpu,
        long DenseFp64Gflops = 0);

    private sealed record HubFile(IReadOnlyList<Hub> Hubs);
}
