using System.Buffers.Text;
using System.Security.Cryptography;

namespace Marketplace.Local.Data;

/// <summary>
/// The one folder that holds all state of the one-machine marketplace: store, Stripe double, keys and secrets. Keys and secrets are
/// made on first use and readable by the owner only.
/// </summary>
internal sealed class DataFolder
{
    /// <summary>Opens or creates the folder.</summary>
    public DataFolder(string path)
    {
        Path = System.IO.Path.GetFullPath(path);
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(Path);
        else Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>The folder, absolute.</summary>
    public string Path { get; }

    /// <summary>The store.</summary>
    public string StoreFile => In("marketplace.db");

    /// <summary>The Stripe double's objects.</summary>
    public string StripeFile => In("stripe.db");

    /// <summary>How far the test clock is ahead.</summary>
    public string TestClockFile => In("test-clock.txt");

    /// <summary>Allows to issue tokens over HTTP.</summary>
    public string OperatorSecret => Secret("operator-secret.txt");

    /// <summary>What the Stripe double signs webhooks with.</summary>
    public string WebhookSecret => "whsec_" + Secret("webhook-secret.txt");

    /// <summary>Signs tokens of people and organisations.</summary>
    public ECDsa OpenTokenKey() => Key("token-key.pem");

    /// <summary>Signs certificates of proven capacity.</summary>
    public ECDsa OpenCertificateKey() => Key("certificate-key.pem");

    private string In(string file) => System.IO.Path.Combine(Path, file);

    private string Secret(string file) =>
        PrivateFile.ReadOrCreate(In(file), () => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24)));

    private ECDsa Key(string file)
    {
        var pem = PrivateFile.ReadOrCreate(In(file), () =>
        {
            using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            return made.ExportPkcs8PrivateKeyPem();
        });
        var key = ECDsa.Create();
        key.ImportFromPem(pem);
        return key;
    }
}
