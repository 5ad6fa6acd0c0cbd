using System.Security.Cryptography;
using Marketplace.Contracts;
using Marketplace.Registry.RevokeKey;
using Marketplace.Registry.RotateKey;
using Marketplace.Trading.Book;
using NodaTime;

namespace Marketplace.Simulation.Tests;

/// <summary>A machine goes over to another key in the middle of a lease, and to a third by a new code when the second is stolen.</summary>
public sealed class RotationStoryTests
{
    [Fact]
    public async Task Readings_are_one_chain_across_rotation_and_revocation_and_all_of_it_verifies_for_ever()
    {
        await using var world = new SimulatedWorld(seed: 1, faultRate: 0, rechecks: false);
        var deeds = new Deeds(world);
        var provider = await deeds.RegisterAsync("Gui'an Cloud", provides: true, buys: false);
        var buyer = await deeds.RegisterAsync("Vision Lab", provides: false, buys: true);
        var first = await deeds.EnrolAsync(provider);
        var price = UnitPrice.OfMicros(2_100_000, Currency.Usd);
        var window = HourWindow.Starting(HourSlot.Containing(world.Now) + 1, 4);
        await deeds.ListAsync(first, 4, window, price);
        await deeds.BidAsync(buyer, new BidTerms(
            4, window, price, TimeInForce.GoodTillCancelled, null, FillRule.AllOrNone, 4, Placement.SameMachine, BidRequirements.None));
        await world.PassAsync(Duration.FromHours(2));
        var lease = Assert.Single(world.Seen.Ready.Values);
        var at = Instant.FromUnixTimeSeconds(lease.ReadyAt.ToUnixTimeSeconds() + 1);

        // Signed by the old key before the change, and on its way during it: it still counts, and so do batches of both keys in turn.
        await ReportAsync(first, 1);
        using var nextKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var publicKey = nextKey.ExportSubjectPublicKeyInfo();
        var rotated = await world.Market.Get<RotateKeyHandler>().ExecuteAsync(
            new RotateKey(first.Enrolment, publicKey, KeyRotationFormat.Sign(first.Enrolment, first.Id, publicKey, first.Key)), default);
        var second = first with { Enrolment = rotated.Value.Enrolment.Id, Key = nextKey };
        await ReportAsync(second, 2);
        await ReportAsync(first, 3);
        await world.PassAsync(RotationRules.Overlap);
        await ReportAsync(first, 4);
        await ReportAsync(second, 4);

        await world.Market.Get<RevokeKeyHandler>().ExecuteAsync(new RevokeKey(null, second.Enrolment, "stolen"), default);
        await ReportAsync(second, 5);
        var third = await deeds.EnrolAgainAsync(first);
        await ReportAsync(third, 5);
        await world.PassAsync(Duration.FromHours(6));

        var usage = Assert.Single(world.Seen.Usage.Values);
        Assert.Equal(5 * 600 * 4, usage.Total.GpuSeconds);
        var evidence = (await world.Market.Get<IUsageEvidence>().FindAsync(lease.LeaseId, usage.UsageId, default))!;
        Assert.Equal([first.Enrolment, second.Enrolment, first.Enrolment, second.Enrolment, third.Enrolment], evidence.Batches.Select(batch => batch.MachineKeyId));
        Assert.All(evidence.Batches, batch => Assert.True(batch.IsSignatureValid));
        Assert.Equal(evidence.Batches.SkipLast(1).Select(batch => batch.Hash), evidence.Batches.Skip(1).Select(batch => batch.PreviousBatchHash));
        await foreach (var audit in world.Market.Get<IUsageAudit>().AuditAsync(BillingPeriod.Containing(world.Now), default)) Assert.True(audit.Holds);

        Task ReportAsync(SimulatedMachine machine, int sequence) => deeds.ReportAsync(
            machine, lease.LeaseId, [Deeds.Reading(sequence, at + ((sequence - 1) * Duration.FromMinutes(10)), at + (sequence * Duration.FromMinutes(10)), 4)]);
    }
}
