using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;

namespace Marketplace.Testing.Azurite;

/// <summary>Azurite in the versions that the lock file pins, installed once under the repository's ignored <c>.azurite</c> folder.</summary>
internal static class AzuriteInstallation
{
    private static readonly string[] Files = ["package.json", "package-lock.json", "start.cjs"];

    /// <summary>The folder with <c>start.cjs</c> and all that it needs.</summary>
    public static async Task<string> EnsureAsync()
    {
        var sources = Path.Combine(AppContext.BaseDirectory, "Azurite");
        var folder = Path.Combine(RepositoryRoot(), ".azurite", Fingerprint(sources));
        var complete = Path.Combine(folder, "installed");
        if (File.Exists(complete)) return folder;

        Directory.CreateDirectory(folder);
        using var held = await LockAsync(folder + ".lock");
        if (File.Exists(complete)) return folder;
        foreach (var file in Files) File.Copy(Path.Combine(sources, file), Path.Combine(folder, file), overwrite: true);
        await RunNpmAsync(folder);
        await File.WriteAllTextAsync(complete, "");
        return folder;
    }

    /// <summary>Starts a program, or says what must be installed.</summary>
    public static Process Start(string program, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception missing)
        {
            throw new InvalidOperationException(
                $"'{program}' cannot be started. These tests run against Azurite, the Azure Table Storage emulator, which they install and start " +
                "themselves; for that Node.js 20 or later with npm must be on the PATH. Install it from https://nodejs.org or the system's package manager.",
                missing);
        }
    }

    private static async Task RunNpmAsync(string folder)
    {
        using var npm = Start(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", folder, "ci", "--ignore-scripts", "--no-audit", "--no-fund");
        npm.StandardInput.Close();
        var output = await Task.WhenAll(npm.StandardOutput.ReadToEndAsync(), npm.StandardError.ReadToEndAsync());
        await npm.WaitForExitAsync();
        if (npm.ExitCode != 0)
        {
            throw new InvalidOperationException($"'npm ci' could not install Azurite from tests/Marketplace.Testing/Azurite/package-lock.json:\n{string.Concat(output)}");
        }
    }

    /// <summary>Two test processes may start at once: one installs, the other waits. The lock goes with the process.</summary>
    private static async Task<FileStream> LockAsync(string path)
    {
        var giveUp = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (giveUp.Elapsed < TimeSpan.FromMinutes(5))
            {
                await Task.Delay(100);
            }
        }
    }

    private static string Fingerprint(string sources)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Files) hash.AppendData(File.ReadAllBytes(Path.Combine(sources, file)));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    private static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Marketplace.sln"))) return folder.FullName;
        }

        throw new InvalidOperationException($"No folder above '{AppContext.BaseDirectory}' holds Marketplace.sln.");
    }
}
