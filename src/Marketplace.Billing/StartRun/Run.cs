using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Billing.StartRun;

/// <summary>What a run does for every organisation.</summary>
public enum RunPurpose
{
    /// <summary>Invoices unbilled charges.</summary>
    Billing,

    /// <summary>Pays out what buyers have paid.</summary>
    Payout,
}

/// <summary>A billing or payout run.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Purpose">What it does.</param>
/// <param name="Through">The last period whose charges a billing run invoices.</param>
/// <param name="StartedAt">When it was ordered.</param>
/// <param name="Only">The one organisation that it is for; null for all.</param>
/// <param name="ScheduledFor">
/// The day for which the calendar started a payout run, so that schedules and minimums count; null where finance ordered it: then all is paid.
/// </param>
public sealed record Run(
    RunId RunId, RunPurpose Purpose, BillingPeriod Through, Instant StartedAt, OrganisationId? Only = null, LocalDate? ScheduledFor = null);

/// <summary>Command: have the next organisations do their part of a run.</summary>
/// <param name="Run">The run.</param>
/// <param name="After">The index row behind which it goes on; null from the start.</param>
public sealed record ContinueRun(Run Run, string? After) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "billing.continue-run.v1";
}
