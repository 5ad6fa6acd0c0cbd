using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;

namespace Marketplace.Azure.Tests.Composition;

/// <summary>Application settings as a deployment has them, with nothing real behind them.</summary>
internal static class Settings
{
    public static Dictionary<string, string?> All() => new()
    {
        ["Tables:Endpoint"] = "https://tables.invalid/",
        ["ServiceBus:fullyQualifiedNamespace"] = "bus.invalid",
        ["AZURE_CLIENT_ID"] = "00000000-0000-0000-0000-000000000001",
        ["Auth:Authority"] = "https://login.invalid/",
        ["Auth:Audience"] = "api://marketplace",
        ["Stripe:ApiKey"] = "sk_test_none",
        ["Stripe:WebhookSecret"] = "whsec_none",
        ["Certificates:SigningKey"] = SigningKey(),
    };

    public static IConfiguration With(params (string Name, string? Value)[] changes)
    {
        var all = All();
        foreach (var (name, value) in changes) all[name] = value;
        return new ConfigurationBuilder().AddInMemoryCollection(all).Build();
    }

    private static string SigningKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKeyPem();
    }
}
