using Marketplace.Verification.Protocol;

namespace Marketplace.Verification.Tests.Protocol;

public sealed class ProofCheckTests
{
    private static readonly ProofParameters Parameters = Shapes.Int8();
    private static readonly byte[] Seed = HonestProver.Bytes(1);
    private static readonly HonestProver Honest = new(Parameters, Seed);
    private static readonly IReadOnlyList<UnitAddress> Drawn = UnitDraw.Draw(Parameters, HonestProver.Bytes(2));

    private static ProofFault Fault(byte[] roots, byte[] openings) => ProofCheck.Check(Parameters, Seed, roots, Drawn, openings).Fault;

    [Theory]
    [MemberData(nameof(Shapes.Names), MemberType = typeof(Shapes))]
    public void An_honest_proof_holds(string name)
    {
        var parameters = Shapes.All[name];
        var seeds = HonestProver.Seeds(parameters, 5);
        var honest = new HonestProver(parameters, seeds);
        var drawn = UnitDraw.Draw(parameters, HonestProver.Bytes(2));
        Assert.Equal(default, ProofCheck.Check(parameters, seeds, honest.Roots, drawn, honest.Open(drawn)));
    }

    [Theory]
    [MemberData(nameof(Shapes.Names), MemberType = typeof(Shapes))]
    public void A_skipped_unit_that_is_drawn_is_found_on_any_device(string name)
    {
        var parameters = Shapes.All[name];
        var seeds = HonestProver.Seeds(parameters, 5);
        var drawn = UnitDraw.Draw(parameters, HonestProver.Bytes(2));
        foreach (var skipped in new[] { drawn[0], drawn[^1] })
        {
            var cheat = new HonestProver(parameters, seeds, (unit, digest) => unit == skipped ? 0x1234 : digest);
            Assert.Equal(new ProofOutcome(ProofFault.DigestMismatch, skipped), ProofCheck.Check(parameters, seeds, cheat.Roots, drawn, cheat.Open(drawn)));
        }
    }

    [Theory]
    [MemberData(nameof(Shapes.Names), MemberType = typeof(Shapes))]
    public void One_device_cannot_answer_for_two(string name)
    {
        var parameters = Shapes.All[name];
        var seeds = HonestProver.Seeds(parameters, 5);
        byte[] once = [.. seeds[..32], .. seeds[..32]];
        var cheat = new HonestProver(parameters, once);
        var drawn = UnitDraw.Draw(parameters, HonestProver.Bytes(2));
        Assert.Equal(ProofFault.DigestMismatch, ProofCheck.Check(parameters, seeds, cheat.Roots, drawn, cheat.Open(drawn)).Fault);
    }

    [Fact]
    public void Another_units_digest_in_its_place_is_found()
    {
        ulong? first = null;
        var cheat = new HonestProver(Parameters, Seed, (_, digest) => first ??= digest);
        Assert.Equal(ProofFault.DigestMismatch, Fault(cheat.Roots, cheat.Open(Drawn)));
    }

    [Fact]
    public void A_right_digest_found_only_after_the_draw_does_not_lead_to_the_root()
    {
        var cheat = new HonestProver(Parameters, Seed, (_, _) => 0);
        Assert.Equal(ProofFault.PathMismatch, Fault(cheat.Roots, Honest.Open(Drawn)));
    }

    [Fact]
    public void Roots_of_another_session_are_found()
    {
        var other = new HonestProver(Parameters, HonestProver.Bytes(9));
        Assert.Equal(ProofFault.DigestMismatch, Fault(other.Roots, other.Open(Drawn)));
    }

    [Fact]
    public void A_root_repeated_from_an_earlier_round_is_found()
    {
        var roots = (byte[])Honest.Roots.Clone();
        roots.AsSpan(0, 32).CopyTo(roots.AsSpan(32 * Drawn[^1].Round));
        Assert.NotEqual(ProofFault.None, Fault(roots, Honest.Open(Drawn)));
    }

    /// <summary>Changing an undrawn round's root must still change the seeds after it, or rounds could be done in any order.</summary>
    [Theory]
    [MemberData(nameof(Shapes.Names), MemberType = typeof(Shapes))]
    public void A_changed_root_breaks_the_rounds_that_hang_on_it(string name)
    {
        var parameters = Shapes.All[name];
        var seeds = HonestProver.Seeds(parameters, 5);
        var honest = new HonestProver(parameters, seeds);
        var roots = (byte[])honest.Roots.Clone();
        roots[5] ^= 1;
        IReadOnlyList<UnitAddress> last = [new UnitAddress(0, parameters.Rounds - 1, 1)];
        Assert.Equal(ProofFault.None, ProofCheck.Check(parameters, seeds, honest.Roots, last, honest.Open(last)).Fault);
        Assert.Equal(ProofFault.DigestMismatch, ProofCheck.Check(parameters, seeds, roots, last, honest.Open(last)).Fault);
    }

    [Fact]
    public void Any_changed_byte_of_the_openings_is_found()
    {
        var openings = Honest.Open(Drawn);
        for (var at = 0; at < openings.Length; at++)
        {
            openings[at] ^= 0x10;
            Assert.Equal(ProofFault.PathMismatch, Fault(Honest.Roots, openings));
            openings[at] ^= 0x10;
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(32)]
    [InlineData(1 << 20)]
    [InlineData(int.MinValue)]
    public void Openings_of_another_length_than_the_draw_gives_are_refused(int more)
    {
        var openings = Honest.Open(Drawn);
        Array.Resize(ref openings, Math.Max(0, openings.Length + Math.Max(more, -openings.Length)));
        Assert.Equal(ProofFault.OpeningsMalformed, Fault(Honest.Roots, openings));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(127)]
    [InlineData(129)]
    [InlineData(1 << 20)]
    public void Roots_of_a_wrong_length_are_refused(int length) =>
        Assert.Equal(ProofFault.RootsMalformed, Fault(new byte[length], Honest.Open(Drawn)));

    /// <summary>The formula behind f*: a prover that skips the fraction f of all devices' units passes q draws with (1 - f)^q.</summary>
    [Theory]
    [InlineData(0.05, 20)]
    [InlineData(0.10, 10)]
    [InlineData(0.25, 10)]
    public void Skipped_work_is_caught_as_often_as_the_formula_says(double skipped, int draws)
    {
        const int trials = 600;
        var parameters = Shapes.Int8(128, 40, draws, devices: 2);
        var seeds = HonestProver.Seeds(parameters, 1);

        // All that is skipped is on one device: the draw over both must find it as often.
        var cheat = new HonestProver(parameters, seeds, (unit, digest) => unit.Device == 0 && unit.Round * 37 % 40 < skipped * 80 ? ~digest : digest);
        var caught = Enumerable.Range(0, trials).Count(trial =>
        {
            var drawn = UnitDraw.Draw(parameters, HonestProver.Bytes(trial));
            return !ProofCheck.Check(parameters, seeds, cheat.Roots, drawn, cheat.Open(drawn)).Holds;
        });
        var expected = 1 - Math.Pow(1 - skipped, draws);
        var deviation = Math.Sqrt(expected * (1 - expected) / trials);
        Assert.InRange(caught / (double)trials, expected - (4 * deviation), expected + (4 * deviation));
    }
}
