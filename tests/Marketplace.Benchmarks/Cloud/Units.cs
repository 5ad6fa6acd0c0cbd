using Marketplace.Runtime.Store;

namespace Marketplace.Benchmarks.Cloud;

/// <summary>Unit figures of the services, with where they are from, and what is assumed of the market.</summary>
internal static class Units
{
    /// <summary>
    /// Transactions a second of a storage account, and entities a second of one table partition, of 1 KiB each: "Scalability and
    /// performance targets for Table storage", learn.microsoft.com/azure/storage/tables/scalability-targets.
    /// </summary>
    public const double AccountTransactionsPerSecond = 20_000;

    /// <inheritdoc cref="AccountTransactionsPerSecond"/>
    public const double PartitionEntitiesPerSecond = 2_000;

    /// <summary>
    /// Messages a second end to end of a Service Bus namespace of Standard: 1,000 credits a second, one for sending and one for
    /// receiving. "Throttling operations on Azure Service Bus", learn.microsoft.com/azure/service-bus-messaging/service-bus-throttling.
    /// </summary>
    public const double StandardMessagesPerSecond = 500;

    /// <summary>
    /// Instances of one Flex Consumption app: "Azure Functions Flex Consumption plan hosting",
    /// learn.microsoft.com/azure/azure-functions/flex-consumption-plan.
    /// </summary>
    public const double FunctionInstances = 1_000;

    /// <summary>Executions at a time of one instance of 2 GB: the default concurrency of HTTP there, and about that of sessions in host.json.</summary>
    public const double ExecutionsAtATime = 16;

    /// <summary>Assumed: a round trip to a table within a region, in seconds. The service states none; measure it in yours.</summary>
    public const double RoundTripSeconds = 0.005;

    /// <summary>
    /// From the code: for one message it is read whether its session waits, its outbox row, its receipt and what is decided on (2 to 3 rows);
    /// then a marker is written and the change committed.
    /// </summary>
    public const double RoundTripsPerMessage = 8;

    /// <summary>Assumed: how much more than the mean of a month its busiest hour has.</summary>
    public const double PeakOverMean = 5;

    /// <summary>Assumed: the part of all bids that go to the busiest order book.</summary>
    public const double BusiestBookShare = 0.1;

    /// <summary>GPUs of a machine, and the part of its hours that are sold: assumed.</summary>
    public const double GpusPerMachine = 8;

    /// <inheritdoc cref="GpusPerMachine"/>
    public const double SoldPart = 0.5;

    /// <summary>
    /// From the code: the mean pause of a worker that serves between two questions, in seconds: AskRhythm.Longest, or up to a quarter less. The
    /// short pauses at the start of a lease are some questions in four hours.
    /// </summary>
    public const double SecondsPerAsk = 30 * 0.875;

    /// <summary>From the code: it looks at its leases at the third question: the first one a minute after it did so last (ServeLoop.MeterEvery).</summary>
    public const double AsksPerLook = 3;

    /// <summary>From the code: it asks where a lease stands before the reading of every five minutes (ReadingGrid.Length).</summary>
    public const double HeadsPerLeaseSecond = 1 / 300.0;

    /// <summary>A machine's leases of one GPU that run at a time.</summary>
    public const double LeasesPerMachine = GpusPerMachine * SoldPart;

    /// <summary>From the code: requests of a machine a second beside its proofs and readings: for work, for its leases with the time, and for heads.</summary>
    public const double AsksPerMachineSecond = ((1 + (2 / AsksPerLook)) / SecondsPerAsk) + (LeasesPerMachine * HeadsPerLeaseSecond);

    /// <summary>
    /// From the code: what these requests read of the tables. For work: the machine's key, and a page of open verifications. For its leases: the key,
    /// a page of the list, and each lease; the time reads nothing. For a head: the key, and where the lease stands.
    /// </summary>
    public const double TransactionsPerMachineSecond =
        ((2 + ((2 + LeasesPerMachine) / AsksPerLook)) / SecondsPerAsk) + (LeasesPerMachine * HeadsPerLeaseSecond * 2);

    /// <summary>A month of 730 hours.</summary>
    public const double SecondsPerMonth = 730 * 3600;

    /// <summary>Assumed: what telemetry keeps of an execution, in bytes (a request, its dependencies, sampled).</summary>
    public const double TelemetryBytesPerExecution = 1_000;

    /// <summary>Partitions that markers are written to at a time: one, the twelfth of the hour that it is.</summary>
    public static double MarkerPartitionsAtATime { get; } = MarkerOutboxIndex.Buckets.Count / 12.0;
}
