namespace Marketplace.StripeDouble;

/// <summary>How a double runs. Every value has a default, so that a test says only what it is about.</summary>
public sealed record StripeDoubleOptions
{
    /// <summary>The SQLite file that outlives the process; null keeps everything in memory.</summary>
    public string? DataFile { get; init; }

    /// <summary>The loopback port; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>The key that callers must present as bearer token.</summary>
    public string ApiKey { get; init; } = "sk_test_double";

    /// <summary>The secret that webhooks are signed with.</summary>
    public string WebhookSecret { get; init; } = "whsec_double";

    /// <summary>Where webhooks go; null keeps them until <see cref="StripeDoubleServer.WebhookUrl"/> is set.</summary>
    public Uri? WebhookUrl { get; init; }

    /// <summary>The types that are delivered, as <c>enabled_events</c> of a webhook endpoint; empty delivers all.</summary>
    public IReadOnlyList<string> WebhookTypes { get; init; } = [];

    /// <summary>The clock of the objects: their <c>created</c>, the age of keys, when funds become available.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>How long after a charge its funds are available.</summary>
    public TimeSpan FundsAvailableAfter { get; init; } = TimeSpan.FromDays(2);

    /// <summary>The payment fee in hundredths of a per cent of a charge, 0 to 10,000.</summary>
    public int FeeBasisPoints { get; init; }

    /// <summary>The wait before a failed webhook is sent again, by attempt, in real time; the last one repeats.</summary>
    public IReadOnlyList<TimeSpan> WebhookRetryDelays { get; init; } =
        [TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)];
}
