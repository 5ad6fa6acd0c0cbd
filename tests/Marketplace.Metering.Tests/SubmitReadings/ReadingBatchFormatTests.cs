using System.Text;

namespace Marketplace.Metering.Tests;

public sealed class ReadingBatchFormatTests
{
    private static readonly LeaseId Lease = LeaseId.Parse("lse_01JABCDEFGHJKMNPQRSTVWXYZ0");
    private static readonly EnrolmentId Key = EnrolmentId.Parse("enr_01JABCDEFGHJKMNPQRSTVWXYZ1");

    [Fact]
    public void The_bytes_are_the_documented_lines()
    {
        SignedReading[] readings = [MeteredMarket.Reading(7, 0, 60), MeteredMarket.Reading(8, 60, 90, 0, "down")];
        var expected = "gpu-hour readings v1\nlse_01JABCDEFGHJKMNPQRSTVWXYZ0\nenr_01JABCDEFGHJKMNPQRSTVWXYZ1\n" + new string('0', 64)
            + "\n2\n7,2026-11-02T08:00:00Z,2026-11-02T08:01:00Z,120,serving\n8,2026-11-02T08:01:00Z,2026-11-02T08:01:30Z,0,down\n";
        Assert.Equal(expected, Encoding.ASCII.GetString(ReadingBatchFormat.ToBytes(Lease, Key, ReadingBatchFormat.NoBatch, readings)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a,b")]
    [InlineData("a\nb")]
    [InlineData("ü")]
    [InlineData("12345678901234567890123456789012345678901")]
    public void Texts_that_could_be_read_in_two_ways_cannot_be_signed(string text) =>
        Assert.Throws<ArgumentException>(() => ReadingBatchFormat.ToBytes(
            Lease, Key, ReadingBatchFormat.NoBatch, [MeteredMarket.Reading(1, 0, 60) with { State = text }]));
}
