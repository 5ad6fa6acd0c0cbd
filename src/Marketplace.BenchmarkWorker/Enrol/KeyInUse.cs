namespace Marketplace.BenchmarkWorker.Enrol;

/// <summary>
/// The machine's key as a worker that serves uses it. The file is looked at at every turn, and another key in it is taken up:
/// <c>rotate-key</c> and <c>enrol</c> put one there beside a worker that runs.
/// </summary>
internal sealed class KeyInUse : IDisposable
{
    private readonly string path;
    private string text;

    /// <summary>Reads the file.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">It holds no P-256 private key.</exception>
    public KeyInUse(string path)
    {
        this.path = path;
        text = File.ReadAllText(path);
        Current = MachineKeyFile.Read(path);
    }

    /// <summary>The key that signs now.</summary>
    public MachineKeyFile Current { get; private set; }

    /// <summary>Takes up the key in the file where it is another one; not while something signs. Where it can't, the present key stays.</summary>
    /// <returns>Whether it is another one.</returns>
    /// <exception cref="InvalidOperationException">The file's key is not enrolled, or is of another machine.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">It holds no P-256 private key.</exception>
    public bool Refresh()
    {
        var now = File.ReadAllText(path);
        if (now == text) return false;
        var next = MachineKeyFile.Read(path);
        if (next.Enrolment.IsUnset || next.Machine != Current.Machine)
        {
            next.Dispose();
            throw new InvalidOperationException($"'{path}' holds a key that is not enrolled for {Current.Machine}. The one before is used on.");
        }

        Current.Dispose();
        (Current, text) = (next, now);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => Current.Dispose();
}
