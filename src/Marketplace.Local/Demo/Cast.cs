namespace Marketplace.Local.Demo;

/// <summary>Who is in the story.</summary>
internal static class Cast
{
    /// <summary>The class everybody sells: what any machine has and can prove on its CPU.</summary>
    public const string Model = "cpu-x86-64";

    /// <summary>Sells at the hub Guizhou.</summary>
    public static Provider GuiAn { get; } = new("Gui'an Cloud", "guizhou", "Gui'an", 1.18m, 260, "12.60");

    /// <summary>Sells at the hub Inner Mongolia.</summary>
    public static Provider Horinger { get; } = new("Horinger Compute", "inner-mongolia", "Horinger", 1.15m, 410, "10.80");

    /// <summary>Sells at the hub Ningxia, and first claims twice what it has.</summary>
    public static Provider Zhongwei { get; } = new("Zhongwei Data", "ningxia", "Zhongwei", 1.20m, 350, "11.40");

    /// <summary>Trains vision models.</summary>
    public static Buyer Vision { get; } = new("Hangzhou Vision Lab");

    /// <summary>Screens molecules.</summary>
    public static Buyer Molecules { get; } = new("Shenzhen Molecules");

    /// <summary>A provider.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Hub">The hub of its machine.</param>
    /// <param name="Cluster">The cluster of its machine.</param>
    /// <param name="Pue">Power usage effectiveness of the site.</param>
    /// <param name="GridCarbonGramsPerKWh">Carbon of the site's power.</param>
    /// <param name="PriceCny">What it asks, in CNY per GPU-hour.</param>
    internal sealed record Provider(string Name, string Hub, string Cluster, decimal Pue, int GridCarbonGramsPerKWh, string PriceCny);

    /// <summary>A buyer.</summary>
    internal sealed record Buyer(string Name);
}
