namespace Marketplace.Local.Demo;

/// <summary>Hears what happens as it happens.</summary>
internal interface INarrator
{
    /// <summary>A new part of the story.</summary>
    void Chapter(string title);

    /// <summary>Something happened.</summary>
    void Say(string line);

    /// <summary>Several things of one kind, side by side.</summary>
    void Table(string title, IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<string>> rows);

    /// <summary>Shows that something is under way.</summary>
    Task<T> WhileAsync<T>(string what, Func<Task<T>> work);
}
