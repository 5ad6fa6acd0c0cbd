using Marketplace.Verification.Protocol;

namespace Marketplace.Verification.Tests.Protocol;

public sealed class ProofCheckTests
{
    private static readonly ProofParameters Parameters = new(256, 4, 1, 12, 1e-6);
    private static readonly byte[] Seed = HonestProver.Bytes(1);
    private static readonly HonestProver Honest = new(Parameters, Seed);
    private static readonly IReadOnlyList<TileAddress> Drawn = TileDraw.Draw(Parameters, HonestProver.Bytes(2));

    private static ProofFault Fault(byte[] roots, IReadOnlyList<RoundOpening> openings) =>
        ProofCheck.Check(Parameters, Seed, roots, Drawn, openings).Fault;

    [Fact]
    public void An_honest_proof_holds() => Assert.Equal(ProofFault.None, Fault(Honest.Roots, Honest.Open(Drawn)));

    [Fact]
    public void A_skipped_tile_that_is_drawn_is_found()
    {
        var skipped = Drawn[3];
        var cheat = new HonestProver(Parameters, Seed, (tile, digest) => tile == skipped ? 0x1234 : digest);
        var outcome = ProofCheck.Check(Parameters, Seed, cheat.Roots, Drawn, cheat.Open(Drawn));
        Assert.Equal(new ProofOutcome(ProofFault.DigestMismatch, skipped), outcome);
    }

    [Fact]
    public void Another_tiles_digest_in_its_place_is_found()
    {
        ulong? first = null;
        var cheat = new HonestProver(Parameters, Seed, (_, digest) => first ??= digest);
        Assert.Equal(ProofFault.DigestMismatch, Fault(cheat.Roots, cheat.Open(Drawn)));
    }

    [Fact]
    public void A_right_digest_found_only_after_the_draw_does_not_lead_to_the_root()
    {
        var cheat = new HonestProver(Parameters, Seed, (_, _) => 0);
        var late = cheat.Open(Drawn).Zip(Honest.Open(Drawn), (forged, right) => forged with { Rows = right.Rows }).ToList();
        Assert.Equal(ProofFault.PathMismatch, Fault(cheat.Roots, late));
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
    [Fact]
    public void A_changed_root_breaks_the_rounds_that_hang_on_it()
    {
        var roots = (byte[])Honest.Roots.Clone();
        roots[5] ^= 1;
        IReadOnlyList<TileAddress> last = [new TileAddress(3, 1, 1)];
        Assert.Equal(ProofFault.None, ProofCheck.Check(Parameters, Seed, Honest.Roots, last, Honest.Open(last)).Fault);
        Assert.Equal(ProofFault.DigestMismatch, ProofCheck.Check(Parameters, Seed, roots, last, Honest.Open(last)).Fault);
    }

    [Fact]
    public void A_forged_node_is_found()
    {
        var openings = Honest.Open(Drawn);
        openings[0].Nodes[0] ^= 1;
        Assert.Equal(ProofFault.PathMismatch, Fault(Honest.Roots, openings));
    }

    public static TheoryData<string, Func<List<RoundOpening>, List<RoundOpening>>> Malformed => new()
    {
        { "none", _ => [] },
        { "a round missing", o => o[1..] },
        { "a round twice", o => [o[0], .. o] },
        { "rounds out of order", o => [.. o.AsEnumerable().Reverse()] },
        { "another round", o => [o[0] with { Round = 1000 }, .. o[1..]] },
        { "nodes cut", o => [o[0] with { Nodes = o[0].Nodes[..32] }, .. o[1..]] },
        { "nodes oversized", o => [o[0] with { Nodes = new byte[1 << 20] }, .. o[1..]] },
        { "no nodes", o => [o[0] with { Nodes = null! }, .. o[1..]] },
        { "a row missing", o => [o[0] with { Rows = [.. o[0].Rows.Skip(1)] }, .. o[1..]] },
        { "a row twice", o => [o[0] with { Rows = [o[0].Rows[0], .. o[0].Rows] }, .. o[1..]] },
        { "another row", o => [o[0] with { Rows = [o[0].Rows[0] with { Row = -1 }, .. o[0].Rows.Skip(1)] }, .. o[1..]] },
        { "digests cut", o => [o[0] with { Rows = [o[0].Rows[0] with { Digests = [1] }, .. o[0].Rows.Skip(1)] }, .. o[1..]] },
        { "digests oversized", o => [o[0] with { Rows = [o[0].Rows[0] with { Digests = new ulong[999] }, .. o[0].Rows.Skip(1)] }, .. o[1..]] },
        { "no digests", o => [o[0] with { Rows = [o[0].Rows[0] with { Digests = null! }, .. o[0].Rows.Skip(1)] }, .. o[1..]] },
        { "no rows", o => [o[0] with { Rows = null! }, .. o[1..]] },
        { "an empty round", o => [null!, .. o[1..]] },
    };

    [Theory]
    [MemberData(nameof(Malformed), DisableDiscoveryEnumeration = true)]
    public void Openings_that_are_not_exactly_the_drawn_are_refused(string what, Func<List<RoundOpening>, List<RoundOpening>> spoil) =>
        Assert.True(Fault(Honest.Roots, spoil(Honest.Open(Drawn))) == ProofFault.OpeningsMalformed, what);

    [Theory]
    [InlineData(0)]
    [InlineData(127)]
    [InlineData(129)]
    [InlineData(1 << 20)]
    public void Roots_of_a_wrong_length_are_refused(int length) =>
        Assert.Equal(ProofFault.RootsMalformed, Fault(new byte[length], Honest.Open(Drawn)));

    /// <summary>The formula behind f*: a prover that skips the fraction f passes q draws with (1 - f)^q.</summary>
    [Theory]
    [InlineData(0.05, 20)]
    [InlineData(0.10, 10)]
    [InlineData(0.25, 10)]
    public void Skipped_work_is_caught_as_often_as_the_formula_says(double skipped, int draws)
    {
        const int trials = 600;
        var parameters = new ProofParameters(128, 80, 1, draws, 1e-6);
        var cheat = new HonestProver(parameters, Seed, (tile, digest) => tile.Round * 37 % 80 < skipped * 80 ? ~digest : digest);
        var caught = Enumerable.Range(0, trials).Count(trial =>
        {
            var drawn = TileDraw.Draw(parameters, HonestProver.Bytes(trial));
            return !ProofCheck.Check(parameters, Seed, cheat.Roots, drawn, cheat.Open(drawn)).Holds;
        });
        var expected = 1 - Math.Pow(1 - skipped, draws);
        var deviation = Math.Sqrt(expected * (1 - expected) / trials);
        Assert.InRange(caught / (double)trials, expected - (4 * deviation), expected + (4 * deviation));
    }
}
