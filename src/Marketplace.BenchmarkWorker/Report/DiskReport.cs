using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Marketplace.BenchmarkWorker.Report;

/// <summary>The disk of a folder: what it holds, and how fast it was just now.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="CapacityBytes">The size of its file system.</param>
/// <param name="FreeBytes">What is free of it.</param>
/// <param name="SequentialWriteBytesPerSecond">Writing one file to the disk itself, not only to the cache.</param>
/// <param name="SequentialReadBytesPerSecond">Reading it again after the cache was told to forget it; where it does not, this is the cache's rate.</param>
internal sealed partial record DiskReport(
    string Folder, long CapacityBytes, long FreeBytes, double SequentialWriteBytesPerSecond, double SequentialReadBytesPerSecond)
{
    private const int Chunk = 4 << 20;
    private const int Chunks = 32;

    /// <summary>Measures with a file of 128 MiB, which is removed again.</summary>
    /// <exception cref="IOException">The folder can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static DiskReport Measure(string folder)
    {
        var drive = new DriveInfo(Path.GetFullPath(folder));
        var path = Path.Combine(folder, $".marketplace-worker-{Environment.ProcessId}.tmp");
        try
        {
            var write = Write(path);
            return new DiskReport(Path.GetFullPath(folder), drive.TotalSize, drive.AvailableFreeSpace, write, Read(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static double Write(string path)
    {
        // Not zeros, which some disks keep for nothing.
        var chunk = new byte[Chunk];
        for (var i = 0; i < chunk.Length; i++) chunk[i] = unchecked((byte)((i * 2_654_435_761L) >> 16));
        var clock = Stopwatch.StartNew();
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var i = 0; i < Chunks; i++) file.Write(chunk);
        file.Flush(flushToDisk: true);
        return (double)Chunk * Chunks / clock.Elapsed.TotalSeconds;
    }

    private static double Read(string path)
    {
        var chunk = new byte[Chunk];
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        if (OperatingSystem.IsLinux()) _ = Advise(file.SafeFileHandle.DangerousGetHandle().ToInt32(), 0, 0, DontNeed);
        var clock = Stopwatch.StartNew();
        long read = 0;
        for (var got = -1; got != 0; read += got) got = file.Read(chunk);
        return read / clock.Elapsed.TotalSeconds;
    }

    private const int DontNeed = 4;

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(int file, long offset, long length, int advice);
}
