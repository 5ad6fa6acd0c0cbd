using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Messaging.ServiceBus;
using Azure.Monitor.OpenTelemetry.Exporter;
using Marketplace.Api.Auth;
using Marketplace.Billing.Terms;
using Marketplace.Stripe;
using Marketplace.Verification.Certificates;
using Microsoft.Extensions.Configuration;
using Microsoft.IdentityModel.Tokens;
using OpenTelemetry;
using System.Security.Cryptography;

namespace Marketplace.Azure;

/// <summary>What the cloud composition reads of its configuration. Secrets come as references to a key vault, which the platform resolves.</summary>
/// <param name="configuration">The application settings; a double underscore in their names reads as a colon.</param>
public sealed class AzureSettings(IConfiguration configuration)
{
    private static readonly string[] AuthorityAlgorithms = [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.EcdsaSha256];
    private readonly Lazy<TokenCredential> credential = new(() => configuration["AZURE_CLIENT_ID"] is { Length: > 0 } client
        ? new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(client))
        : new DefaultAzureCredential());

    /// <summary>The optional terms of billing; null for the standard ones.</summary>
    public BillingTerms? Terms => configuration["Billing:TermsJson"] is { Length: > 0 } json ? BillingTerms.Read(json) : null;

    /// <summary>Sends telemetry to Azure Monitor, with the app's identity; null where no Application Insights is configured.</summary>
    public Action<IOpenTelemetryBuilder>? Monitor => configuration["APPLICATIONINSIGHTS_CONNECTION_STRING"] is { Length: > 0 } connection
        ? telemetry => telemetry.UseAzureMonitorExporter(monitor => (monitor.ConnectionString, monitor.Credential) = (connection, credential.Value))
        : null;

    /// <summary>Payments.</summary>
    /// <exception cref="InvalidOperationException">A setting is missing.</exception>
    public StripeOptions Stripe => new()
    {
        ApiKey = Required("Stripe:ApiKey"),
        WebhookSecrets = [Required("Stripe:WebhookSecret")],
        ApiBase = configuration["Stripe:ApiBase"] is { Length: > 0 } address ? new Uri(address) : null,
        TestPaymentMethod = configuration["Stripe:TestPaymentMethod"],
    };

    /// <summary>Says whose tokens are accepted.</summary>
    /// <exception cref="InvalidOperationException">A setting is missing.</exception>
    public void Trust(MarketplaceAuthOptions options)
    {
        options.Authority = Required("Auth:Authority");
        options.Audience = Required("Auth:Audience");
        options.Algorithms = AuthorityAlgorithms;
    }

    /// <summary>
    /// The tables: <c>Tables:Endpoint</c> with the app's identity, or <c>Tables:ConnectionString</c> where a developer uses an emulator.
    /// Throttling and network faults are waited out for less than <c>MarkerOutboxIndex.LongestCommit</c>.
    /// </summary>
    /// <exception cref="InvalidOperationException">A setting is missing.</exception>
    public TableServiceClient OpenTables()
    {
        var options = new TableClientOptions
        {
            Retry = { Mode = RetryMode.Exponential, MaxRetries = 5, Delay = TimeSpan.FromMilliseconds(200), MaxDelay = TimeSpan.FromSeconds(10), NetworkTimeout = TimeSpan.FromSeconds(20) },
        };
        return configuration["Tables:ConnectionString"] is { Length: > 0 } connection
            ? new TableServiceClient(connection, options)
            : new TableServiceClient(new Uri(Required("Tables:Endpoint")), credential.Value, options);
    }

    /// <summary>The bus: <c>ServiceBus:fullyQualifiedNamespace</c> with the app's identity, or a connection string under <c>ServiceBus</c>, as the trigger reads them too.</summary>
    /// <exception cref="InvalidOperationException">A setting is missing.</exception>
    public ServiceBusClient OpenServiceBus()
    {
        var options = new ServiceBusClientOptions
        {
            RetryOptions = { Mode = ServiceBusRetryMode.Exponential, MaxRetries = 4, Delay = TimeSpan.FromMilliseconds(200), MaxDelay = TimeSpan.FromSeconds(3), TryTimeout = TimeSpan.FromSeconds(5) },
        };
        return configuration["ServiceBus"] is { Length: > 0 } connection
            ? new ServiceBusClient(connection, options)
            : new ServiceBusClient(Required("ServiceBus:fullyQualifiedNamespace"), credential.Value, options);
    }

    /// <summary>The signer of certificates, on the P-256 key that <c>Certificates:SigningKey</c> holds as PEM.</summary>
    /// <exception cref="InvalidOperationException">The setting is missing or no such key.</exception>
    public EcdsaCertificateSigner OpenSigner()
    {
        var pem = Required("Certificates:SigningKey");
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            return new EcdsaCertificateSigner(key);
        }
        catch (Exception fault) when (fault is ArgumentException or CryptographicException)
        {
            // The fault's own text may quote the key.
            key.Dispose();
            throw new InvalidOperationException("Certificates:SigningKey is no EC private key in PEM.");
        }
    }

    private string Required(string name) =>
        configuration[name] is { Length: > 0 } value ? value : throw new InvalidOperationException($"The application setting {name.Replace(":", "__", StringComparison.Ordinal)} is missing.");
}
