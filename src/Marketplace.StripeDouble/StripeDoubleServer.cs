using System.Text.Json.Serialization;
using Marketplace.StripeDouble.Faults;
using Marketplace.StripeDouble.Http;
using Marketplace.StripeDouble.Objects;
using Marketplace.StripeDouble.Storage;
using Marketplace.StripeDouble.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Marketplace.StripeDouble;

/// <summary>A running double: Stripe's HTTP API on a loopback port.</summary>
public sealed class StripeDoubleServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ObjectStore store;
    private readonly StripeDoubleOptions options;
    private readonly WebhookSender webhooks;

    private StripeDoubleServer(WebApplication app, ObjectStore store, StripeDoubleOptions options, WebhookSender webhooks) =>
        (this.app, this.store, this.options, this.webhooks) = (app, store, options, webhooks);

    /// <summary>The API base to give to Stripe.net.</summary>
    public Uri BaseUrl => new(app.Urls.First());

    /// <summary>Faults to come.</summary>
    public FaultPlan Faults { get; } = new();

    /// <summary>Where webhooks go; null keeps them.</summary>
    public Uri? WebhookUrl
    {
        get => webhooks.Url;
        set
        {
            webhooks.Url = value;
            webhooks.Wake();
        }
    }

    /// <summary>How webhooks misbehave.</summary>
    public WebhookBehaviour Webhooks
    {
        get => webhooks.Behaviour;
        set
        {
            webhooks.Behaviour = value;
            webhooks.Wake();
        }
    }

    /// <summary>How many events wait for an acknowledgement, at most 100.</summary>
    public int UndeliveredWebhooks => store.Undelivered().Count;

    /// <summary>Starts a double. Undelivered webhooks of its data file are sent again.</summary>
    public static async Task<StripeDoubleServer> StartAsync(StripeDoubleOptions options, CancellationToken cancellation = default)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{options.Port}");
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Converters.Add(new JsonStringEnumConverter()));
        var app = builder.Build();

        var store = new ObjectStore(options.DataFile);
        var webhooks = new WebhookSender(store, options);
        var server = new StripeDoubleServer(app, store, options, webhooks);
        var pipeline = new Pipeline(store, options, server.Faults, webhooks);
        Route[] routes =
        [
            .. Customers.Routes(), .. Invoices.Routes(), .. InvoiceItems.Routes(), .. Payments.Routes(), .. PaymentIntents.Routes(),
            .. PaymentRecords.Routes(), .. Balances.Routes(),
            .. Transfers.Routes(), .. Refunds.Routes(), .. CreditNotes.Routes(), .. MeterEvents.Routes(), .. Accounts.Routes(), .. Payouts.Routes(),
            .. Events.Routes(),
        ];
        foreach (var route in routes)
            app.MapMethods(route.Template, [route.Method], (HttpContext context) => pipeline.Handle(context, route));
        ControlEndpoints.Map(app, server);
        app.MapFallback(async context =>
        {
            context.Response.StatusCode = 404;
            var problem = new StripeProblem(404, "invalid_request_error", null,
                $"Unrecognized request URL ({context.Request.Method}: {context.Request.Path}).");
            await context.Response.WriteAsync(problem.ToJson().ToJsonString(), context.RequestAborted);
        });
        await app.StartAsync(cancellation);
        webhooks.Start();
        return server;
    }

    /// <summary>Changes the amount of an invoice's line and nothing else, behind everyone's back. False if there is no such line.</summary>
    public bool AlterInvoiceLine(string line, long amountMinor) =>
        store.Transact(() =>
        {
            if (store.Find(line) is not { } found || found["object"]!.GetValue<string>() != "line_item") return (false, false);
            found["amount"] = amountMinor;
            store.Update(found);
            return (true, true);
        });

    /// <summary>Takes money out of a connected account, as its owner's bank payouts do. False if there is no such account.</summary>
    /// <param name="account">The account.</param>
    /// <param name="currency">Its balance in this currency, such as <c>usd</c>.</param>
    /// <param name="amountMinor">How much, in minor units.</param>
    public bool PayOutAccount(string account, string currency, long amountMinor) =>
        store.Transact(() =>
        {
            if (store.Find(account) is not { } found || found["object"]!.GetValue<string>() != "account") return (false, false);
            var paidOut = (found[Accounts.PaidOut] ??= new System.Text.Json.Nodes.JsonObject()).AsObject();
            paidOut[currency] = (paidOut[currency]?.GetValue<long>() ?? 0) + amountMinor;
            store.Update(found);
            return (true, true);
        });

    /// <summary>Ends a buyer's payment on a form of Stripe's, well or not. False if the intent does not wait for one.</summary>
    /// <param name="paymentIntent">The payment intent.</param>
    /// <param name="succeeds">Whether the card is charged; otherwise it declines.</param>
    public bool CompletePayment(string paymentIntent, bool succeeds)
    {
        var done = store.Transact(() =>
        {
            var call = new Call(store, options, [], new Dictionary<string, string> { ["id"] = paymentIntent });
            var completed = PaymentIntents.Complete(call, succeeds);
            return (completed, completed);
        });
        webhooks.Wake();
        return done;
    }

    /// <summary>What a customer's meter events of a name add up to; Stripe shows it only in a meter's summaries.</summary>
    public long MeteredValue(string customer, string eventName) => store.Transact(() => (store
        .List(MeterEvents.Type, [new Filter("event_name", eventName), new Filter("payload.stripe_customer_id", customer)], int.MaxValue, null)
        .Sum(metered => long.Parse(metered["payload"]!["value"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture)), false));

    /// <summary>Stops; what was answered is in the data file.</summary>
    public async ValueTask DisposeAsync()
    {
        await webhooks.DisposeAsync();
        await app.DisposeAsync();
        store.Dispose();
    }
}
