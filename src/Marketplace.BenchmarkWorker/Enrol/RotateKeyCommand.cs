using System.CommandLine;
using System.Text.Json;
using Marketplace.BenchmarkWorker.Verify;
using Marketplace.Client.Models;

namespace Marketplace.BenchmarkWorker.Enrol;

/// <summary><c>rotate-key</c>: makes a new key on this machine, has the present one sign it, and puts it into the present one's place.</summary>
internal static class RotateKeyCommand
{
    public static Command Create()
    {
        var (api, keyFile, json) = (CommandOptions.Api(), CommandOptions.KeyFile(), CommandOptions.Json());
        var command = new Command(
            "rotate-key",
            "Goes over to a new key, which the present one signs. A worker that serves with this file takes the new key up; the old one still signs for 15 minutes. Safe to repeat.")
        {
            api, keyFile, json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var http = new HttpClient { BaseAddress = parsed.GetRequiredValue(api) };
            var rotated = await RotateAsync(http, parsed.GetRequiredValue(keyFile), TimeProvider.System, cancellationToken);
            Console.WriteLine(parsed.GetValue(json)
                ? JsonSerializer.Serialize(rotated, EnrolJson.Default.MachineKeyModel)
                : $"{rotated.ResourceIdentifier}: {rotated.MachineId} went over to key {rotated.EnrolmentId}.");
            return ExitCodes.Passed;
        });
        return command;
    }

    /// <summary>
    /// The new key is on disk, beside the present one, before it is posted, and in its place only when the answer is there. Killed in between,
    /// the command posts the same new key again and gets the same answer, for as long as the present key signs.
    /// </summary>
    internal static async Task<MachineKeyModel> RotateAsync(HttpClient http, string path, TimeProvider time, CancellationToken cancellationToken)
    {
        using var present = MachineKeyFile.Read(path);
        var draft = path + ".next";
        using var next = MachineKeyFile.ReadOrCreate(draft);
        var client = Server.Of(http, present, time).Patient;
        var rotated = await client.RotateKeyAsync(
            present.Key, present.Enrolment, present.Machine, next.Key.ExportSubjectPublicKeyInfo(), cancellationToken);
        (next with { Enrolment = EnrolmentId.Parse(rotated.EnrolmentId), Machine = MachineId.Parse(rotated.MachineId) }).Write(path);
        File.Delete(draft);
        return rotated;
    }
}
