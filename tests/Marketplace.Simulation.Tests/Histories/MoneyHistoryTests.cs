using System.Globalization;

namespace Marketplace.Simulation.Tests.Histories;

/// <summary>
/// From the second metered to the last minor unit: random histories of leases, readings, invoices, payments, credits, refunds and
/// closes, with faults everywhere; in the end every sum is right, and an error that is planted is found as what it is, and nothing else.
/// MARKETPLACE_HISTORIES=from-to plays other seeds than the default ones.
/// </summary>
public sealed class MoneyHistoryTests
{
    private const double FaultRate = 0.02;
    private const int AtOnce = 50;

    /// <summary>First seeds of groups of histories.</summary>
    public static TheoryData<int, int> Groups()
    {
        var range = Environment.GetEnvironmentVariable("MARKETPLACE_HISTORIES")?.Split('-');
        var from = range is null ? 1 : int.Parse(range[0], CultureInfo.InvariantCulture);
        var to = range is null ? 200 : int.Parse(range[^1], CultureInfo.InvariantCulture);
        var groups = new TheoryData<int, int>();
        for (var first = from; first <= to; first += AtOnce) groups.Add(first, Math.Min(to, first + AtOnce - 1));
        return groups;
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public async Task Every_second_is_billed_once_and_every_minor_unit_is_somebodys(int firstSeed, int lastSeed)
    {
        var (planted, closed, prepaid) = (0, 0, 0);
        for (var seed = firstSeed; seed <= lastSeed; seed++)
        {
            try
            {
                var (hasPlanted, hasClosed, hasPrepaid) = await PlayAsync(seed);
                prepaid += hasPrepaid ? 1 : 0;
                planted += hasPlanted ? 1 : 0;
                closed += hasClosed ? 1 : 0;
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"MARKETPLACE_HISTORIES={seed}-{seed} fails: {fault.Message}", fault);
            }
        }

        var histories = lastSeed - firstSeed + 1;
        Assert.True(planted >= histories / 3, $"Only {planted} of {histories} had a charge to plant an error in.");
        Assert.True(prepaid >= histories / 5, $"Only {prepaid} of {histories} paid an invoice in advance.");
        Assert.True(closed >= histories / 10, $"Only {closed} of {histories} closed a month in time.");
    }

    private static async Task<(bool HasPlanted, bool HasClosed, bool HasPrepaid)> PlayAsync(int seed)
    {
        await using var world = new MoneyWorld(seed, FaultRate);
        var history = new MoneyHistory(world, seed);
        await history.PlayAsync();
        var auditor = new MoneyAuditor(world);
        await auditor.CheckAsync();

        var charges = (await auditor.ChargesAsync()).Where(charge => charge.PayoutId is not null && charge.Fee.MinorUnits > 1).ToList();
        var hasPrepaid = world.Payments.PrepaidUses.Count > 0;
        if (charges.Count == 0) return (false, history.HasClosed, hasPrepaid);
        var charge = charges[seed % charges.Count];
        var plants = Plant.All.Where(plant => plant.Needs?.Invoke(world, charge) != false).ToList();
        var plant = plants[seed / 7 % plants.Count];
        plant.Do(world.Tampering, charge);
        var differences = await auditor.DifferencesAsync();
        Assert.True(
            differences.Count == 1 && differences[0].Kind == plant.Kind,
            $"'{plant.Name}' of {charge.UsageId} was found as: {string.Join("; ", differences.Select(d => $"{d.Kind} of {d.Subject}: {d.Expected} but {d.Found}"))}.");
        return (true, history.HasClosed, hasPrepaid);
    }
}
