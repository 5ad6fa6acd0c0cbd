using System.Xml.Linq;

namespace Marketplace.Architecture.Tests;

/// <summary>A project as its file describes it.</summary>
/// <param name="Name">Without the common first part: <c>Trading</c>.</param>
/// <param name="Path">Of the project file, from the root, with slashes.</param>
/// <param name="Folder">Where it is.</param>
/// <param name="References">Names of the projects it references itself.</param>
/// <param name="Packages">Packages it references itself.</param>
/// <param name="IsDomainModule">Whether the ban on clocks, ids and randomness is in force.</param>
public sealed record Project(
    string Name, string Path, string Folder, IReadOnlyList<string> References, IReadOnlyList<string> Packages, bool IsDomainModule)
{
    /// <summary>Source files, without what the build makes.</summary>
    public IEnumerable<(string Name, string Text)> Sources() => Directory.EnumerateFiles(Folder, "*.cs", SearchOption.AllDirectories)
        .Where(file => !Repository.IsBuilt(file))
        .Select(file => (System.IO.Path.GetRelativePath(Repository.Root, file), File.ReadAllText(file)));
}

/// <summary>The repository that the tests were built from.</summary>
public static class Repository
{
    private const string Prefix = "Marketplace.";

    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<Project> Products { get; } = Read("src");

    public static IReadOnlyList<Project> Functions { get; } = Read("functions");

    public static IReadOnlyList<Project> Tests { get; } = Read("tests");

    public static bool IsBuilt(string file)
    {
        var parts = Path.GetRelativePath(Root, file).Split(Path.DirectorySeparatorChar);
        return parts.Contains("obj") || parts.Contains("bin");
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Marketplace.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests do not run below the repository.");
    }

    private static Project[] Read(string folder) =>
        [.. Directory.EnumerateFiles(Path.Combine(Root, folder), "*.csproj", SearchOption.AllDirectories)
            .Where(file => !IsBuilt(file)).Order(StringComparer.Ordinal).Select(ReadProject)];

    private static Project ReadProject(string file)
    {
        var xml = XDocument.Load(file);
        return new Project(
            NameOf(file),
            Path.GetRelativePath(Root, file).Replace('\\', '/'),
            Path.GetDirectoryName(file)!,
            [.. Includes(xml, "ProjectReference").Select(NameOf)],
            [.. Includes(xml, "PackageReference")],
            xml.Descendants("DomainModule").Any(element => element.Value == "true"));
    }

    private static IEnumerable<string> Includes(XDocument xml, string item) => xml.Descendants(item).Select(element => element.Attribute("Include")!.Value);

    private static string NameOf(string projectFile)
    {
        var name = Path.GetFileNameWithoutExtension(projectFile.Replace('\\', '/'));
        return name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name;
    }
}
