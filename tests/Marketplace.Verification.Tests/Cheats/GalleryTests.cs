using System.Globalization;
using Marketplace.Verification.Protocol;
using Marketplace.Verification.Tests.Protocol;

namespace Marketplace.Verification.Tests.Cheats;

/// <summary>
/// Every cheat of the gallery is caught as often as the formula says: 300 sessions each, or as many as MARKETPLACE_CHEATS says. Each test
/// prints a row of the table in the module's README.
/// </summary>
public sealed class GalleryTests(ITestOutputHelper output)
{
    private const int Seed = 26;
    private static readonly int Sessions = int.Parse(Environment.GetEnvironmentVariable("MARKETPLACE_CHEATS") ?? "300", CultureInfo.InvariantCulture);

    public static TheoryData<string> Names => [.. Gallery.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Cheat_is_caught_as_often_as_the_formula_says(string name)
    {
        var cheat = Gallery.All[name];
        var played = Gallery.Play(cheat, Sessions, Seed + Gallery.All.Keys.ToList().IndexOf(name));
        Print(name, played, cheat.Parameters.Draws);

        // A way that is right by luck would be no cheat: nearly every unit it is used for must come out wrong.
        Assert.InRange(played.Wrong, Math.Min(0.6 * cheat.Fraction, 0.1), 1);
        AssertAgrees(played);
    }

    /// <summary>
    /// Whoever skips just what the bound takes off passes with epsilon at most, also where the best of all attempts counts: begun k times, f* is
    /// that of epsilon/k. Without that correction the best of five would pass nearly five times as often.
    /// </summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 5)]
    [InlineData(5, 1)]
    public void Best_of_all_attempts_passes_no_more_often_than_epsilon(int attempts, int counted)
    {
        const double epsilon = 0.05;
        var sessions = Sessions * 2;
        var parameters = new ProofParameters(Workload.Fp64Chains, 1, 32, 32, 1, 64, 1, 30, epsilon);
        var skipped = (int)Math.Ceiling(parameters.UndetectedFractionAfter(counted) * parameters.TotalUnits);
        var left = new HashSet<UnitAddress>(Enumerable.Range(0, skipped).Select(i => new UnitAddress(0, i % 32, i / 32)));
        var seeds = HonestProver.Seeds(parameters, Seed);
        var prover = new HonestProver(parameters, seeds, (unit, right) => left.Contains(unit) ? ~right : right);
        var passed = Enumerable.Range(0, sessions).Count(session => Enumerable.Range(0, attempts).Any(attempt =>
        {
            var drawn = UnitDraw.Draw(parameters, HonestProver.Bytes(((Seed + session) * 10) + attempt));
            return ProofCheck.Check(parameters, seeds, prover.Roots, drawn, prover.Open(drawn)).Holds;
        }));
        var once = Math.Pow(1 - ((double)skipped / parameters.TotalUnits), parameters.Draws);
        var played = new Played((double)skipped / parameters.TotalUnits, 1 - Math.Pow(1 - once, attempts), passed, sessions);
        Print($"fp64-chains-1: skips f* of epsilon {epsilon}/{counted}, best of {attempts}", played, parameters.Draws);
        AssertAgrees(played);
        Assert.Equal(attempts == counted, played.Expected <= epsilon);
    }

    /// <summary>The bound that is certified: what passes with one chance in a million is what f* leaves, at the draws we ask for.</summary>
    [Fact]
    public void Certified_bound_is_what_passes_once_in_a_million()
    {
        var parameters = new ProofParameters(Workload.Fp64Chains, 1, 8, 125, 1, 64, 1, 300, 1e-6);
        Assert.Equal(1e-6, Math.Pow(1 - parameters.UndetectedFraction, 300), 1e-12);
        Assert.Equal(1e-6, 5 * Math.Pow(1 - parameters.UndetectedFractionAfter(5), 300), 1e-12);
    }

    private static void AssertAgrees(Played played)
    {
        var deviation = Math.Sqrt(played.Expected * (1 - played.Expected) / played.Sessions);

        // Half a session more, so that none or one of what is rarer than one session is no disagreement.
        var slack = (4 * deviation) + (0.5 / played.Sessions);
        Assert.True(Math.Abs(played.Measured - played.Expected) <= slack, $"seed {Seed}: {played.Measured} of {played.Sessions} pass, the formula says {played.Expected}");
    }

    private void Print(string name, Played played, int draws) => output.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {name} | {100 * played.Wrong:0.##} % | {draws} | {played.Expected:0.0000} | {played.Measured:0.0000} | {played.Sessions} |"));
}
