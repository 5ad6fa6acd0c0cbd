using System.Globalization;
using CsCheck;

namespace Marketplace.Trading.Tests.Model;

public sealed class ScratchFind
{
    [Theory]
    [InlineData("plain")]
    [InlineData("reload")]
    [InlineData("forget")]
    public void Find(string how)
    {
        if (Environment.GetEnvironmentVariable("FIND") is not { } n) return;
        var count = uint.Parse(n, CultureInfo.InvariantCulture);
        var from = uint.Parse(Environment.GetEnvironmentVariable("FIND_FROM") ?? "0", CultureInfo.InvariantCulture);
        var most = int.Parse(Environment.GetEnvironmentVariable("FIND_MOST") ?? "6", CultureInfo.InvariantCulture);
        var output = new StringWriter();
        var found = 0;
        Action<TimedStep[]> check = how switch
        {
            "reload" => s => BookStory.Play(s, b => b.Reload()),
            "forget" => s => BookStory.Play(s, b => b.Engine.Forget()),
            _ => s => BookStory.Play(s),
        };
        for (var stream = from; stream < from + count; stream++)
        {
            var steps = BookStreams.OfLength(60).Generate(new PCG(stream, seed: 7), null, out _);
            try { check(steps); continue; }
            catch (Exception e) { output.WriteLine(e.Message); }
            found++;
            if (found > most) continue;
            steps = BookStory.Shrink(steps, check);
            output.WriteLine($"=== stream {stream}: {steps.Length} steps");
            output.WriteLine(BookStory.Tell(steps).Replace("2026-11-02T", "").Replace(":00:00Z", "h").Replace("01M6DMBE0000000000000000", ""));
        }
        output.WriteLine($"{found} of {count} fail");
        File.WriteAllText($"/tmp/agree_find_{how}.txt", output.ToString());
    }
}
