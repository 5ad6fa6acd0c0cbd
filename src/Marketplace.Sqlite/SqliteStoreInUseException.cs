namespace Marketplace.Sqlite;

/// <summary>Another process, or another store of this one, has the file open for writing.</summary>
public sealed class SqliteStoreInUseException : IOException
{
    /// <summary>Says which file, and what to do about it.</summary>
    public SqliteStoreInUseException(string path, Exception inner)
        : base($"The store '{path}' is open elsewhere. One host at a time may run on it: end the other one, or use another data folder.", inner)
    {
    }
}
