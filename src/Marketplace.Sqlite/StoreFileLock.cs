namespace Marketplace.Sqlite;

/// <summary>
/// Keeps a second host off the file. SQLite itself would let two processes take turns, but ETags, the group commit and the
/// dispatcher assume one. The operating system lets go of the lock when the process dies, however it dies.
/// </summary>
internal sealed class StoreFileLock : IDisposable
{
    private readonly FileStream file;

    private StoreFileLock(FileStream file) => this.file = file;

    /// <exception cref="SqliteStoreInUseException">Somebody holds it.</exception>
    public static StoreFileLock Take(string storePath)
    {
        var path = storePath + ".lock";
        try
        {
            return new StoreFileLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException refused) when (File.Exists(path))
        {
            throw new SqliteStoreInUseException(storePath, refused);
        }
    }

    // The file stays: removing it would let a third process lock a new file of the same name while a second waits on the old one.
    public void Dispose() => file.Dispose();
}
