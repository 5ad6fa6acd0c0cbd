using System.Security.Cryptography;

namespace Marketplace.BenchmarkWorker.Enrol;

/// <summary>
/// The machine's private key in PEM form with the ids of its enrolment in lines before it (RFC 7468 allows explanatory text there).
/// Made on the machine, readable by its owner only; the private key never leaves it.
/// </summary>
/// <param name="Key">The private key on P-256.</param>
/// <param name="Enrolment">The enrolment; unset until the key is posted.</param>
/// <param name="Machine">The machine; unset until the key is posted.</param>
internal sealed record MachineKeyFile(ECDsa Key, EnrolmentId Enrolment, MachineId Machine) : IDisposable
{
    private const string EnrolmentLine = "Enrolment: ";
    private const string MachineLine = "Machine: ";

    /// <summary>Reads a file.</summary>
    /// <exception cref="CryptographicException">It holds no P-256 private key.</exception>
    public static MachineKeyFile Read(string path)
    {
        var lines = File.ReadAllLines(path);
        return new MachineKeyFile(
            Client.Tokens.MachineToken.ReadKey(path),
            EnrolmentId.TryParse(ValueOf(lines, EnrolmentLine), out var enrolment) ? enrolment : default,
            MachineId.TryParse(ValueOf(lines, MachineLine), out var machine) ? machine : default);
    }

    /// <summary>Reads a file, or makes a key and writes it where there is none.</summary>
    public static MachineKeyFile ReadOrCreate(string path)
    {
        if (File.Exists(path)) return Read(path);
        var made = new MachineKeyFile(ECDsa.Create(ECCurve.NamedCurves.nistP256), default, default);
        made.Write(path);
        return made;
    }

    /// <summary>Writes the file, all or nothing.</summary>
    public void Write(string path)
    {
        var text = (Enrolment.IsUnset ? "" : $"{EnrolmentLine}{Enrolment}\n{MachineLine}{Machine}\n") + Key.ExportPkcs8PrivateKeyPem() + "\n";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var draft = path + ".new";
        using (var writer = new StreamWriter(draft, options)) writer.Write(text);
        File.Move(draft, path, overwrite: true);
    }

    /// <inheritdoc/>
    public void Dispose() => Key.Dispose();

    private static string? ValueOf(string[] lines, string name) =>
        lines.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?[name.Length..];
}
