using CsCheck;
using Marketplace.Runtime.Time;
using Marketplace.Testing.Time;
using NodaTime;

namespace Marketplace.Runtime.Tests.Time;

public sealed class UlidSourceTests
{
    [Fact]
    public void Ids_keep_their_order_however_the_clock_jumps() =>
        Gen.Int[-5000, 5000].Array[1, 200].Sample(jumps =>
        {
            var time = new VirtualTime(VirtualTime.Monday);
            var ids = new UlidSource(time, new SeededEntropy(jumps.Length));
            var last = "";
            foreach (var jump in jumps)
            {
                time.JumpTo(time.Now + Duration.FromMilliseconds(jump));
                var next = ids.Next().ToString();
                if (string.CompareOrdinal(last, next) >= 0) return false;
                last = next;
            }

            return true;
        });

    [Fact]
    public void Ids_made_on_many_threads_are_all_different()
    {
        var ids = new UlidSource(new VirtualTime(VirtualTime.Monday), new SeededEntropy(1));
        var all = Enumerable.Range(0, 10_000).AsParallel().Select(_ => ids.Next().ToString()).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(10_000, all.Count);
    }
}
