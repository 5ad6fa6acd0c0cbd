using Marketplace.Billing.Payments;
using Marketplace.StripeDouble;
using NodaTime;
using Stripe;

namespace Marketplace.Stripe.Tests;

/// <summary>A double on a free port with a clock that a test moves, and the real Stripe.net on it.</summary>
internal sealed class DoubleFixture : IAsyncDisposable
{
    private readonly List<HttpClient> connections = [];

    private DoubleFixture(StripeDoubleServer server, ManualClock clock)
    {
        Server = server;
        Clock = clock;
        Gateway = NewGateway();
        Client = new StripeClient(new StripeClientOptions { ApiKey = "sk_test_double", ApiBase = server.BaseUrl.ToString().TrimEnd('/') });
    }

    public StripeDoubleServer Server { get; }

    public ManualClock Clock { get; }

    public StripeGateway Gateway { get; }

    public StripeClient Client { get; }

    public Instant Now => Instant.FromDateTimeOffset(Clock.GetUtcNow());

    public static async Task<DoubleFixture> Start(Func<StripeDoubleOptions, StripeDoubleOptions>? with = null)
    {
        var clock = new ManualClock();
        var options = new StripeDoubleOptions { Clock = clock, WebhookRetryDelays = [TimeSpan.FromMilliseconds(5)] };
        return new DoubleFixture(await StripeDoubleServer.StartAsync(with is null ? options : with(options)), clock);
    }

    public StripeGateway NewGateway(int retries = 0, TimeSpan? timeout = null, string? method = null)
    {
        var options = Options with { MaxNetworkRetries = retries, Timeout = timeout ?? TimeSpan.FromSeconds(10), ApiBase = Server.BaseUrl, TestPaymentMethod = method };
        connections.Add(StripeGateway.Connect(options));
        return new StripeGateway(options, connections[^1], Clock);
    }

    public static StripeOptions Options => new() { ApiKey = "sk_test_double", WebhookSecrets = ["whsec_double"], RequestsPerSecond = null };

    /// <summary>A customer and a draft for them.</summary>
    public async Task<(InvoiceDraft Draft, string Invoice)> Draft()
    {
        var buyer = Ids.Organisation();
        var customer = await Gateway.EnsureCustomerAsync(new PaymentParty(buyer, "Buyer", "buyer@example.com"), Now, default);
        var draft = new InvoiceDraft(Ids.Invoice(), buyer, customer, Currency.Usd, BillingPeriod.Containing(Now));
        return (draft, await Gateway.CreateInvoiceAsync(draft, Now, default));
    }

    public InvoiceLine Line(long cents) => new(Ids.Usage(), Ids.Lease(), Money.OfMinor(cents, Currency.Usd), "GPU-hours", Now - Duration.FromHours(1), Now);

    /// <summary>An invoice with one line that is final.</summary>
    public async Task<(InvoiceDraft Draft, string Invoice)> Final(long cents)
    {
        var (draft, invoice) = await Draft();
        await Gateway.AddLineAsync(draft, invoice, Line(cents), Now, default);
        await Gateway.FinalizeInvoiceAsync(draft.InvoiceId, invoice, Now, default);
        return (draft, invoice);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in connections) connection.Dispose();
        await Server.DisposeAsync();
    }
}

/// <summary>A clock that stands still until a test moves it.</summary>
internal sealed class ManualClock : TimeProvider
{
    private DateTimeOffset now = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => now;

    public void Advance(TimeSpan time) => now += time;
}

/// <summary>Ids for tests, each one new.</summary>
internal static class Ids
{
    private static long next;

    public static OrganisationId Organisation() => OrganisationId.From(Next());

    public static InvoiceId Invoice() => InvoiceId.From(Next());

    public static UsageId Usage() => UsageId.From(Next());

    public static LeaseId Lease() => LeaseId.From(Next());

    public static PayoutId Payout() => PayoutId.From(Next());

    public static TopUpId TopUp() => TopUpId.From(Next());

    public static CreditNoteId CreditNote() => CreditNoteId.From(Next());

    private static Ulid Next() => Ulid.Create(1_790_000_000_000 + Interlocked.Increment(ref next), 7);
}
