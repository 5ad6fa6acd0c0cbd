using System.CommandLine;

namespace Marketplace.Cli.Certificates;

/// <summary><c>certificate get</c>: writes a published certificate with its evidence to a file, for <c>certificate verify</c>.</summary>
internal static class GetCommand
{
    public static Command Create(Connection connection)
    {
        var id = new Argument<string>("id") { Description = "The certificate, crt_..." };
        var file = new Option<FileInfo?>("--out") { Description = "The file; ID.json in this folder unless given." };
        var command = new Command("get", "Writes a certificate and its evidence to a file.") { id, file };
        connection.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var certificate = await connection.Open(parsed).GetCertificateAsync(parsed.GetValue(id)!, cancellationToken);
            var target = parsed.GetValue(file)?.FullName ?? Path.GetFullPath(certificate.CertificateId + ".json");
            await using (var text = File.CreateText(target)) Json.Write(text, certificate);
            await parsed.InvocationConfiguration.Output.WriteLineAsync(target);
            return ExitCodes.Done;
        });
        return command;
    }
}
