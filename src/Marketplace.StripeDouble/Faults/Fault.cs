namespace Marketplace.StripeDouble.Faults;

/// <summary>What goes wrong with one request.</summary>
public enum FaultKind
{
    /// <summary>500 before anything happened; the idempotency key stays free.</summary>
    ServerError,

    /// <summary>500 that is kept as the answer to the idempotency key, as Stripe does once a call has begun.</summary>
    KeptServerError,

    /// <summary>429 with Stripe's rate-limit error.</summary>
    TooManyRequests,

    /// <summary>The connection is cut before anything happened.</summary>
    ResetBeforeCommit,

    /// <summary>The call takes effect, then the connection is cut.</summary>
    ResetAfterCommit,

    /// <summary>The call takes effect, then nothing is answered until the caller gives up.</summary>
    TimeoutAfterCommit,
}

/// <summary>A fault that befalls the next requests to a path.</summary>
/// <param name="Kind">What goes wrong.</param>
/// <param name="PathContains">A part of the path; empty matches every request.</param>
/// <param name="Times">How many requests, at least 1.</param>
/// <param name="Method">The HTTP method; empty matches every one.</param>
public sealed record Fault(FaultKind Kind, string PathContains = "", int Times = 1, string Method = "");
