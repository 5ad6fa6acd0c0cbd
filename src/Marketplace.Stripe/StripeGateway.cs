using System.Net;
using Marketplace.Billing.Payments;
using Marketplace.Runtime.Time;
using NodaTime;
using Stripe;

namespace Marketplace.Stripe;

/// <summary>
/// The payment port on Stripe.net. Idempotency keys are made of our ids; what was first tried longer ago than Stripe surely keeps
/// a key is looked up by metadata before it is tried again.
/// </summary>
public sealed partial class StripeGateway : IPaymentGateway
{
    /// <summary>Stripe may forget a key after 24 hours; one hour less leaves room for clocks that differ.</summary>
    private static readonly Duration KeyLifetime = Duration.FromHours(23);

    private const int MaxKeyGenerations = 5;
    private readonly StripeClient client;
    private readonly StripeOptions options;
    private readonly TimeProvider time;

    /// <summary>Reaches Stripe as the options say.</summary>
    /// <param name="options">Key, address and limits.</param>
    /// <param name="http">The connection; its owner disposes it.</param>
    /// <param name="time">The market's clock, which tells the age of a first try.</param>
    public StripeGateway(StripeOptions options, HttpClient http, TimeProvider time)
    {
        this.options = options;
        this.time = time;
        client = new StripeClient(new StripeClientOptions
        {
            ApiKey = options.ApiKey,
            ApiBase = options.ApiBase?.ToString().TrimEnd('/'),
            HttpClient = new SystemNetHttpClient(http, options.MaxNetworkRetries, enableTelemetry: false),
        });
    }

    /// <summary>A connection with the options' pace and time limit.</summary>
    public static HttpClient Connect(StripeOptions options)
    {
        HttpMessageHandler handler = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
        if (options.RequestsPerSecond is { } pace) handler = new Pacer(pace, handler);
        return new HttpClient(handler) { Timeout = options.Timeout };
    }

    /// <summary>
    /// Makes a write under a key. Stripe keeps a 500 as the answer to its key, so that the same key would fail for a day: then the
    /// object is looked up, and only if it is not there the write is made under the key's next generation.
    /// </summary>
    private async Task<T> Write<T>(
        string key, Instant firstTriedAt, Func<Task<T?>> find, Func<RequestOptions, Task<T>> write, CancellationToken cancellationToken)
        where T : class
    {
        if (time.Now() - firstTriedAt >= KeyLifetime && await Read(find, cancellationToken) is { } earlier) return earlier;
        for (var generation = 1; ; generation++)
        {
            var generationKey = generation == 1 ? key : $"{key}:{generation}";
            try
            {
                return await Read(() => write(new RequestOptions { IdempotencyKey = generationKey }), cancellationToken);
            }
            catch (PaymentServiceException fault) when (generation < MaxKeyGenerations && IsKeptFault(fault.InnerException))
            {
                if (await Read(find, cancellationToken) is { } made) return made;
            }
        }
    }

    /// <summary>Calls Stripe and turns its faults into ours.</summary>
    private static async Task<T> Read<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call();
        }
        catch (StripeException refusal) when (refusal.StripeError?.Type == "idempotency_error")
        {
            throw new InvariantException($"One idempotency key was used for two different writes: {refusal.Message}");
        }
        catch (StripeException fault) when (fault.HttpStatusCode != HttpStatusCode.PaymentRequired)
        {
            throw new PaymentServiceException($"Stripe answered {(int)fault.HttpStatusCode}: {fault.Message}", fault);
        }
        catch (HttpRequestException fault)
        {
            throw new PaymentServiceException("Stripe could not be reached.", fault);
        }
        catch (OperationCanceledException fault) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PaymentServiceException("Stripe did not answer in time.", fault);
        }
    }

    private static bool IsKeptFault(Exception? fault) =>
        fault is StripeException { HttpStatusCode: >= HttpStatusCode.InternalServerError } stripe
        && stripe.StripeResponse?.Headers.Contains("Idempotent-Replayed") == true;

    private static Money ToMoney(long minorUnits, string currency) =>
        Money.OfMinor(minorUnits, Currency.Parse(currency.ToUpperInvariant()));

    /// <summary>What is listed may be in any currency: one that we do not know must be a difference and not the end of the list.</summary>
    private static Money AsListed(long minorUnits, string currency) =>
        Money.OfMinor(minorUnits, Currency.TryParse(currency.ToUpperInvariant(), out var known) ? known : Currency.Foreign);

    private static string ToCode(Currency currency) => currency.Code.ToLowerInvariant();

    private static Id<TKind>? ToId<TKind>(Dictionary<string, string>? metadata, string name)
        where TKind : IIdKind => metadata is not null && Id<TKind>.TryParse(metadata.GetValueOrDefault(name), out var id) ? id : null;
}
