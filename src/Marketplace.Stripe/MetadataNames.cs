namespace Marketplace.Stripe;

/// <summary>The metadata that ties Stripe's objects to ours. Stored for ever at Stripe: never renamed.</summary>
internal static class MetadataNames
{
    public const string Organisation = "organisation";
    public const string Buyer = "buyer";
    public const string Invoice = "invoice";
    public const string Period = "period";
    public const string Usage = "usage";
    public const string Lease = "lease";
    public const string Payout = "payout";
    public const string CreditNote = "credit_note";
    public const string Reference = "reference";
    public const string TopUp = "top_up";
}
