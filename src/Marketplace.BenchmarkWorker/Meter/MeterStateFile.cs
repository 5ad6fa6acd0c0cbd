using System.Text.Json;
using System.Text.Json.Serialization;

namespace Marketplace.BenchmarkWorker.Meter;

/// <summary>Keeps the metering state in a file that is replaced all or nothing, also when the power fails.</summary>
/// <param name="path">Where; null keeps it in memory only.</param>
internal sealed class MeterStateFile(string? path)
{
    /// <summary>Reads the state; an empty one where there is no file.</summary>
    /// <exception cref="InvalidDataException">The file is not what a worker wrote.</exception>
    public MeterState Read()
    {
        if (path is null || !File.Exists(path)) return MeterState.Empty;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), MeterStateJson.Default.MeterState)
                ?? throw new InvalidDataException($"'{path}' holds no metering state.");
        }
        catch (JsonException broken)
        {
            throw new InvalidDataException($"'{path}' holds no metering state: {broken.Message}", broken);
        }
    }

    /// <summary>Replaces the state.</summary>
    public void Write(MeterState state)
    {
        if (path is null) return;
        var draft = path + ".new";
        using (var stream = new FileStream(draft, FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(stream, state, MeterStateJson.Default.MeterState);
            stream.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(MeterState))]
internal sealed partial class MeterStateJson : JsonSerializerContext;
