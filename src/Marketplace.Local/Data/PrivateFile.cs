namespace Marketplace.Local.Data;

/// <summary>Files that only the owner may read.</summary>
internal static class PrivateFile
{
    /// <summary>Reads a file, or makes and keeps its content when it is absent.</summary>
    public static string ReadOrCreate(string path, Func<string> create)
    {
        if (!File.Exists(path)) Write(path, create());
        return File.ReadAllText(path);
    }

    /// <summary>Replaces a file as a whole: a kill leaves the old content or the new, never half.</summary>
    public static void Write(string path, string content)
    {
        var next = path + ".next";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(next, options))
        {
            stream.Write(System.Text.Encoding.UTF8.GetBytes(content));
            stream.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
    }
}
