using System.Text;
using CsCheck;
using Marketplace.Contracts;
using Marketplace.Runtime;

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

    [Fact]
    public void A_kept_batch_is_read_back_as_it_was_whatever_its_texts() => Gen.Select(
        Gen.Long, Gen.Char['!', '~'].Array[1, 40], Gen.Long, Gen.Enum<ReadingOutcome>()).Array[0, 5].Sample(drawn =>
        {
            var batch = new ReadingBatch(1, "h", "p", Key, "s", MeteredMarket.Start, [.. drawn.Select(d =>
            {
                var text = new string(d.Item2).Replace(',', '"');
                return new JudgedReading(new SignedReading(d.Item1, text, "2026-11-02T08:01:00Z", d.Item3, text), d.Item4);
            })]);
            var json = MarketplaceJson.Serialize(batch);
            Assert.Equal(batch.Readings, MarketplaceJson.Deserialize<ReadingBatch>(json).Readings);
        });

    [Theory]
    [InlineData("1,a,b,2,serving")]
    [InlineData("x,a,b,2,serving,accepted")]
    [InlineData("1,a,b,2,serving,unheard")]
    [InlineData("1,a,b,2.5,serving,accepted")]
    public void A_kept_batch_that_was_spoilt_is_not_read(string readings)
    {
        var good = System.Text.Encoding.UTF8.GetString(MarketplaceJson.Serialize(
            new ReadingBatch(1, "h", "p", Key, "s", MeteredMarket.Start, [new JudgedReading(MeteredMarket.Reading(1, 0, 60), ReadingOutcome.Accepted)])));
        var spoilt = System.Text.RegularExpressions.Regex.Replace(good, "\"readings\":\"[^\"]*\"", $"\"readings\":\"{readings}\"");
        Assert.NotEqual(good, spoilt);
        Assert.Throws<System.Text.Json.JsonException>(() => MarketplaceJson.Deserialize<ReadingBatch>(Encoding.UTF8.GetBytes(spoilt)));
    }
}
