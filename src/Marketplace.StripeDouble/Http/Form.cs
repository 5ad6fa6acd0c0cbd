using System.Text.Json.Nodes;

namespace Marketplace.StripeDouble.Http;

/// <summary>Reads Stripe's form encoding, <c>a[b][0]=c</c>, into a tree in which lists are objects with their indexes as names.</summary>
internal static class Form
{
    public static JsonObject Parse(string encoded)
    {
        var root = new JsonObject();
        foreach (var pair in encoded.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=');
            var name = Decode(equals < 0 ? pair : pair[..equals]);
            Put(root, name, equals < 0 ? "" : Decode(pair[(equals + 1)..]));
        }

        return root;
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));

    private static void Put(JsonObject root, string name, string value)
    {
        var parts = name.Split('[').Select(part => part.TrimEnd(']')).ToArray();
        var node = root;
        foreach (var part in parts[..^1])
        {
            if (node[part] is not JsonObject child) node[part] = child = [];
            node = child;
        }

        var last = parts[^1].Length == 0 ? $"{node.Count}" : parts[^1];
        node[last] = value;
    }
}
