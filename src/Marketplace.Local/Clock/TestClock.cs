using System.Globalization;
using Marketplace.Local.Data;
using Marketplace.Runtime.Time;
using NodaTime;
using NodaTime.Text;

namespace Marketplace.Local.Clock;

/// <summary>
/// The machine's clock plus an offset that an operator advances and that outlives the process, so that a story of days can be played
/// in seconds. It never goes back.
/// </summary>
internal sealed class TestClock : TimeProvider
{
    private readonly string file;
    private long offsetTicks;

    /// <summary>Goes on from where the file says.</summary>
    public TestClock(string file)
    {
        this.file = file;
        offsetTicks = OffsetOf(file);
    }

    /// <summary>The ticks that a clock file holds, 100 ns each; 0 where there is none.</summary>
    public static long OffsetOf(string file) =>
        File.Exists(file) ? long.Parse(File.ReadAllText(file), NumberStyles.None, CultureInfo.InvariantCulture) : 0;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Interlocked.Read(ref offsetTicks));

    /// <summary>Jumps forward to an instant; does nothing where it is past. One caller at a time.</summary>
    public void AdvanceTo(Instant instant)
    {
        var ahead = (long)(instant - this.Now()).TotalTicks;
        if (ahead <= 0) return;

        // On disk first: after a kill the clock must not be behind what was stored under it.
        PrivateFile.Write(file, (offsetTicks + ahead).ToString(CultureInfo.InvariantCulture));
        Interlocked.Add(ref offsetTicks, ahead);
    }

    /// <inheritdoc/>
    public override string ToString() => InstantPattern.General.Format(this.Now());
}
