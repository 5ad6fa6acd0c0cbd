using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Marketplace.Client;
using Marketplace.Client.Models;

namespace Marketplace.BenchmarkWorker.Enrol;

/// <summary><c>enrol</c>: makes a key on this machine and enrols its public half with the provider's one-time code.</summary>
internal static class EnrolCommand
{
    public static Command Create()
    {
        var (api, keyFile, json) = (CommandOptions.Api(), CommandOptions.KeyFile(), CommandOptions.Json());
        var code = new Option<string>("--code") { Description = "The one-time code that the provider was given for this machine.", Required = true };
        var command = new Command("enrol", "Makes a private key on this machine and enrols its public key. Safe to repeat.") { api, code, keyFile, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var http = new HttpClient { BaseAddress = parsed.GetRequiredValue(api) };
            var enrolled = await EnrolAsync(new MarketplaceClient(http), parsed.GetRequiredValue(code), parsed.GetRequiredValue(keyFile), cancellationToken);
            Console.WriteLine(parsed.GetValue(json)
                ? JsonSerializer.Serialize(enrolled, EnrolJson.Default.MachineKeyModel)
                : $"{enrolled.ResourceIdentifier}: key {enrolled.EnrolmentId} is enrolled for {enrolled.MachineId}.");
            return ExitCodes.Passed;
        });
        return command;
    }

    // The key is on disk before it is posted: if the answer is lost, the same code with the same key is answered again.
    private static async Task<MachineKeyModel> EnrolAsync(MarketplaceClient client, string code, string path, CancellationToken cancellationToken)
    {
        using var key = MachineKeyFile.ReadOrCreate(path);
        var enrolled = await client.EnrolKeyAsync(code, key.Key.ExportSubjectPublicKeyInfo(), cancellationToken);
        (key with { Enrolment = EnrolmentId.Parse(enrolled.EnrolmentId), Machine = MachineId.Parse(enrolled.MachineId) }).Write(path);
        return enrolled;
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(MachineKeyModel))]
internal sealed partial class EnrolJson : JsonSerializerContext;
