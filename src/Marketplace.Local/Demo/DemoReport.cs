using System.Text.Json.Serialization;

namespace Marketplace.Local.Demo;

/// <summary>What the demo ended with, for machines.</summary>
/// <param name="Listings">Listings by how their proof ended.</param>
/// <param name="Trades">Trades made.</param>
/// <param name="GpuSecondsMetered">Billed GPU-seconds of all leases.</param>
/// <param name="Invoices">Invoices paid.</param>
/// <param name="Payouts">Transfers made to providers.</param>
/// <param name="LedgerSum">The sum of all postings, in minor units: zero.</param>
/// <param name="DifferencesBefore">What reconciliation found: nothing.</param>
/// <param name="DifferencesAfterPlant">What it found after one line was altered at the payment service: that one.</param>
/// <param name="ElapsedSeconds">How long the story took.</param>
internal sealed record DemoReport(
    ListingCounts Listings,
    int Trades,
    long GpuSecondsMetered,
    int Invoices,
    int Payouts,
    long LedgerSum,
    int DifferencesBefore,
    int DifferencesAfterPlant,
    double ElapsedSeconds);

/// <summary>Listings by how their proof ended.</summary>
/// <param name="Active">Proven, and offered.</param>
/// <param name="Rejected">Claimed more than was proven.</param>
internal sealed record ListingCounts(int Active, int Rejected);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(DemoReport))]
internal sealed partial class DemoJson : JsonSerializerContext;
