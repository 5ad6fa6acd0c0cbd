using Marketplace.StripeDouble.Http;
using Stripe;

namespace Marketplace.StripeDouble.Objects;

/// <summary>Events, which can be listed when a webhook was lost.</summary>
internal static class Events
{
    public static IEnumerable<Route> Routes() =>
    [
        new("GET", "/v1/events", typeof(EventListOptions), call => call.List("event", "type")),
        new("GET", "/v1/events/{id}", typeof(EventGetOptions), call => call.Fetch("event", call.Id)),
    ];
}
