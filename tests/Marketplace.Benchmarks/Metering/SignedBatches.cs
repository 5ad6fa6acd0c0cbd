using System.Security.Cryptography;
using Marketplace.Contracts;
using Marketplace.Metering;
using NodaTime;
using NodaTime.Text;

namespace Marketplace.Benchmarks.Metering;

/// <summary>What machines send: leases of eight GPUs, each with a chain of signed batches of readings of ten seconds.</summary>
internal static class SignedBatches
{
    public const int GpuCount = 8;
    public const int SecondsPerReading = 10;
    private static readonly ECDsa Key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private static readonly Instant Start = Instant.FromUtc(2026, 11, 2, 8, 0);

    public static MachineId Machine { get; } = MachineId.From(Id(1));

    public static EnrolmentId KeyId { get; } = EnrolmentId.From(Id(2));

    /// <summary>After all readings.</summary>
    public static Instant Now { get; } = Instant.FromUtc(2026, 11, 30, 8, 0);

    public static IMachineKeys Keys { get; } = new OneKey();

    /// <summary>A lease of its own for every number, from 0.</summary>
    public static LeaseReady Lease(int number, OrganisationId buyer, OrganisationId provider) => new(
        LeaseId.From(Id(1000 + number)), buyer, provider, Machine, GpuCount,
        HourWindow.Starting(HourSlot.Containing(Start), 650), UnitPrice.OfMicros(2_100_000, Currency.Usd), Start);

    public static LeaseReady Lease(int number) => Lease(number, OrganisationId.From(Id(3)), OrganisationId.From(Id(4)));

    /// <summary>A lease's chain of batches.</summary>
    public static List<SubmitReadingsCommand> Chain(LeaseReady lease, int batches, int readingsPerBatch)
    {
        var chain = new List<SubmitReadingsCommand>(batches);
        var last = ReadingBatchFormat.NoBatch;
        for (var batch = 0; batch < batches; batch++)
        {
            var readings = Enumerable.Range(batch * readingsPerBatch, readingsPerBatch).Select(Reading).ToList();
            var bytes = ReadingBatchFormat.ToBytes(lease.LeaseId, KeyId, last, readings);
            chain.Add(new SubmitReadingsCommand(lease.LeaseId, KeyId, last, readings, ReadingBatchFormat.Sign(bytes, Key)));
            last = ReadingBatchFormat.Hash(bytes);
        }

        return chain;
    }

    public static Ulid Id(int number) => Ulid.Create(Start.ToUnixTimeMilliseconds(), (UInt128)number);

    private static SignedReading Reading(int index) => new(
        index + 1, At(index * SecondsPerReading), At((index + 1) * SecondsPerReading), GpuCount * SecondsPerReading, "serving");

    private static string At(int second) => InstantPattern.General.Format(Start + Duration.FromSeconds(second));

    private sealed class OneKey : IMachineKeys
    {
        private readonly MachineKey key = new(KeyId, Machine, OrganisationId.From(Id(4)), Key.ExportSubjectPublicKeyInfo(), IsRevoked: false);

        public ValueTask<MachineKey?> FindAsync(EnrolmentId id, CancellationToken cancellationToken) => ValueTask.FromResult<MachineKey?>(key);
    }
}
