using CsCheck;
using Marketplace.Billing.RateUsage;
using Marketplace.Billing.Terms;
using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Billing.Tests;

public class RatingTests
{
    private static readonly Instant Now = Instant.FromUtc(2026, 11, 2, 8, 0);
    private static readonly RatePlan[] Standard = Plans(500, 0);

    [Fact]
    public void An_hour_of_two_gpus_at_2_10_costs_4_20_of_which_the_platform_keeps_21_cents()
    {
        var charge = Rate(UnitPrice.OfMicros(2_100_000, Currency.Usd), Standard, 7_200);
        Assert.Equal((420, 21, 399, 0), Minor(charge));
    }

    [Fact]
    public void The_record_is_rounded_once_not_hour_by_hour()
    {
        // Each of three hours alone is 0.4 cents, which rounds to nothing.
        var charge = Rate(UnitPrice.OfMicros(4_000, Currency.Usd), Standard, 3_600, 3_600, 3_600);
        Assert.Equal(1, charge.Amount.MinorUnits);
        Assert.Equal([1, 0, 0], charge.Hours.Select(h => h.Amount.MinorUnits));
    }

    [Fact]
    public void Tax_is_on_top_and_owed()
    {
        var charge = Rate(UnitPrice.OfMicros(1_000_000, Currency.Usd), Plans(500, 1_900), 3_600);
        Assert.Equal((100, 5, 95, 19), Minor(charge));
        Assert.Equal(119, charge.Total().MinorUnits);
        Assert.Contains(Rating.Entry(charge, Now).Postings, p => p.Account.Kind == AccountKind.Tax && p.Amount.MinorUnits == -19);
    }

    [Fact]
    public void Parts_of_a_charge_always_add_up_and_its_entry_balances() =>
        Gen.Select(
            Gen.Long[0, UnitPrice.MaxMicrosPerGpuHour], Gen.Long[0, 8 * 3_600].Array[1, 30], Gen.Int[0, 10_000], Gen.Int[0, 10_000],
            Gen.Int[0, 2].Select(i => Currency.Known[i])).Sample((price, hours, fee, tax, currency) =>
        {
            var charge = Rate(UnitPrice.OfMicros(price, currency), Plans(fee, tax), hours);
            Assert.Equal(charge.Amount, charge.Fee + charge.ProviderShare());
            Assert.False(charge.Fee.IsNegative || charge.ProviderShare().IsNegative || charge.Tax.IsNegative);
            if (charge.Hours.Count > 0) Assert.Equal(charge.Amount.MinorUnits, charge.Hours.Sum(h => h.Amount.MinorUnits));
            if (charge.Total().IsZero) return;
            var entry = Rating.Entry(charge, Now);
            Assert.Equal(0, entry.Postings.Sum(p => p.Amount.MinorUnits));
            Assert.DoesNotContain(entry.Postings, p => p.Amount.IsZero);
        });

    [Fact]
    public void A_record_whose_hours_are_not_its_total_breaks_an_invariant() =>
        Assert.Throws<InvariantException>(() => Rating.Rate(
            Record(UnitPrice.OfMicros(1, Currency.Usd), 3_600) with { Total = GpuTime.OfGpuSeconds(3_601) }, Standard[0], Standard[1], new HashSet<BillingPeriod>(), default, Now));

    private static Charge Rate(UnitPrice price, RatePlan[] plans, params long[] gpuSecondsByHour) =>
        Rating.Rate(Record(price, gpuSecondsByHour), plans[0], plans[1], new HashSet<BillingPeriod>(), EntryId.From(Ulid.Create(1, 1)), Now);

    private static RatePlan[] Plans(int fee, int tax) =>
        [new RatePlan("fee", null, new LocalDate(2000, 1, 1), null, fee), new RatePlan("tax", null, new LocalDate(2000, 1, 1), null, tax)];

    private static UsageMetered Record(UnitPrice price, params long[] gpuSecondsByHour)
    {
        var first = HourSlot.Containing(Now);
        var hours = gpuSecondsByHour.Select((seconds, i) => new HourUsage(first + i, GpuTime.OfGpuSeconds(seconds))).ToList();
        var organisation = Ulid.Create(1, 1);
        return new UsageMetered(
            UsageId.From(Ulid.Create(1, 1)), LeaseId.From(Ulid.Create(1, 1)), OrganisationId.From(organisation), OrganisationId.From(organisation),
            price, hours, GpuTime.OfGpuSeconds(gpuSecondsByHour.Sum()), Now, Now + Duration.FromHours(hours.Count), Now);
    }

    private static (long Amount, long Fee, long Share, long Tax) Minor(Charge charge) =>
        (charge.Amount.MinorUnits, charge.Fee.MinorUnits, charge.ProviderShare().MinorUnits, charge.Tax.MinorUnits);
}
