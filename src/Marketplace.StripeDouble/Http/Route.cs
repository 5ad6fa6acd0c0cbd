using System.Text.Json.Nodes;

namespace Marketplace.StripeDouble.Http;

/// <summary>One endpoint: what it accepts, as an option type of Stripe.net, and what it does inside a transaction.</summary>
internal sealed record Route(string Method, string Template, Type Options, Func<Call, JsonObject> Handle);
