using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Marketplace.Client.Models;
using Marketplace.Verification.Certificates;
using Marketplace.Verification.Sessions;
using NodaTime;

namespace Marketplace.Cli.Certificates;

/// <summary><c>certificate verify FILE</c>: replays the whole check of a certificate here. Only the marketplace's key comes from elsewhere.</summary>
internal static class VerifyCommand
{
    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    public static Command Create(Connection connection)
    {
        var file = new Argument<FileInfo>("file") { Description = "The certificate as the API gives it, or as 'certificate get' writes it." };
        var key = new Option<FileInfo?>("--key") { Description = "The marketplace's public key as PEM; asked of the server unless given, and then nothing is." };
        var json = new Option<bool>("--json") { Description = "One JSON document instead of text." };
        var command = new Command("verify", "Replays the whole check of a certificate: signature, seeds, draw, paths, every drawn unit, figures and dates.") { file, key, json };
        connection.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var certificate = Read(await File.ReadAllTextAsync(parsed.GetValue(file)!.FullName, cancellationToken));
            var verdict = certificate is null
                ? new CertificateVerdict([new CertificateStep("form", false, "the file is not a certificate as the API gives it")], null, false)
                : Check(certificate, await KeyAsync(certificate, parsed.GetValue(key), parsed, connection, cancellationToken));
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json)) Json.Write(output, Report(verdict));
            else await WriteAsync(output, verdict);
            return verdict.Holds ? ExitCodes.Done : verdict.IsExpired ? ExitCodes.CertificateExpired : ExitCodes.CertificateWrong;
        });
        return command;
    }

    private static CertificateModel? Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<CertificateModel>(text, Strict);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Everything that stands beside the document must agree with it, so that no change in the file goes unseen.
    private static CertificateVerdict Check(CertificateModel certificate, byte[] key)
    {
        try
        {
            var evidence = certificate.Evidence.Select(part => new PartEvidence(Convert.FromBase64String(part.Roots), Convert.FromBase64String(part.Openings))).ToList();
            var verdict = CertificateReplay.Check(
                certificate.Document, certificate.KeyId, Convert.FromBase64String(certificate.Signature), evidence, key, Instant.FromDateTimeOffset(TimeProvider.System.GetUtcNow()));
            if (certificate.Algorithm == "ES256" && verdict.Content is { } content && content.CertificateId.ToString() == certificate.CertificateId) return verdict;
        }
        catch (FormatException)
        {
            // Not base64: as wrong as any other change.
        }

        return new CertificateVerdict([new CertificateStep("form", false, "the file and its document differ")], null, false);
    }

    private static async Task<byte[]> KeyAsync(
        CertificateModel certificate, FileInfo? file, ParseResult parsed, Connection connection, CancellationToken cancellationToken)
    {
        if (file is null)
        {
            var keys = await connection.Open(parsed).ListCertificateKeysAsync(cancellationToken);
            var known = keys.Items.FirstOrDefault(item => item.KeyId == certificate.KeyId);
            return known is null ? [] : Convert.FromBase64String(known.PublicKey);
        }

        using var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(await File.ReadAllTextAsync(file.FullName, cancellationToken));
        }
        catch (ArgumentException)
        {
            throw new IOException($"{file.FullName} holds no public key as PEM.");
        }

        return key.ExportSubjectPublicKeyInfo();
    }

    private static object Report(CertificateVerdict verdict) => new
    {
        holds = verdict.Holds,
        expired = verdict.IsExpired,
        certificateId = verdict.Content?.CertificateId.ToString(),
        machineId = verdict.Content?.MachineId.ToString(),
        proven = verdict.Holds || verdict.IsExpired ? verdict.Content?.Proven : null,
        steps = verdict.Steps,
    };

    private static async Task WriteAsync(TextWriter output, CertificateVerdict verdict)
    {
        foreach (var step in verdict.Steps) await output.WriteLineAsync($"{(step.Holds ? "ok  " : "FAIL")}  {step.Name}: {step.Detail}");
        if (verdict is { Holds: true, Content.Proven: var proven, Content.GpuCount: var count })
        {
            await output.WriteLineAsync(
                $"The certificate holds. Proven for each of {count}: int8 {proven.Int8Gops} Gop/s, bf16 {proven.Bf16Gflops} Gflop/s, fp64 {proven.Fp64Gflops} Gflop/s, "
                + $"memory {proven.MemoryMB} MB at {proven.MemoryBandwidthMBps} MB/s.");
        }
        else
        {
            await output.WriteLineAsync(verdict.IsExpired ? "The certificate has expired; all else holds." : "The certificate does not hold.");
        }
    }
}
