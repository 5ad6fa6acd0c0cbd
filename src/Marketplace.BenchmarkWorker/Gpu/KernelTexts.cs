using System.Text;

namespace Marketplace.BenchmarkWorker.Gpu;

/// <summary>
/// The PTX texts of our kernels, from the program's resources. Some have a gap, <c>@NAME@</c>, where two precisions differ; it is
/// filled here, so that the rest stands once.
/// </summary>
internal static class KernelTexts
{
    /// <summary>The text of the elements of a precision.</summary>
    public static string Elements(TilePrecision precision) => Read("elements.ptx").Replace("@STORE@", precision.StoreElements, StringComparison.Ordinal);

    /// <summary>The text of the product of a precision.</summary>
    public static string Product(TilePrecision precision) => Read("product.ptx")
        .Replace("@SUM@", precision.SumType, StringComparison.Ordinal)
        .Replace("@MMA@", precision.Multiply, StringComparison.Ordinal)
        .Replace("@ZERO@", precision.Zero, StringComparison.Ordinal);

    /// <summary>The text of the digest of a precision.</summary>
    public static string Digest(TilePrecision precision) => Read("digest.ptx").Replace("@CONVERT@", precision.ConvertSums, StringComparison.Ordinal);

    /// <summary>A text as it stands in the resources.</summary>
    public static string Read(string name)
    {
        using var stream = typeof(KernelTexts).Assembly.GetManifestResourceStream(name)
            ?? throw new InvariantException($"The kernel text '{name}' is in the program.");
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return reader.ReadToEnd();
    }
}
