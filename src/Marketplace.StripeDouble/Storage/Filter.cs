namespace Marketplace.StripeDouble.Storage;

/// <summary>A condition on a field of an object, given as a JSON path below the root, such as <c>metadata."invoice"</c>.</summary>
internal readonly record struct Filter(string Path, string Value, string Comparison = "eq")
{
    /// <summary>The SQL operator of Stripe's range names.</summary>
    public string Operator => Comparison switch { "gt" => ">", "gte" => ">=", "lt" => "<", "lte" => "<=", _ => "=" };
}
