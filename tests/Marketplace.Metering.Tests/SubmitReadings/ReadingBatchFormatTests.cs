using System.Text;
using CsCheck;
using Marketplace.Contracts;

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
            SignedReading[] readings = [.. drawn.Select(d =>
            {
                var text = new string(d.Item2).Replace(',', '"');
                return new SignedReading(d.Item1, text, "2026-11-02T08:01:00Z", d.Item3, text);
            })];
            var outcomes = drawn.Select(d => d.Item4).ToList();
            var batch = ReadingBatch.OfRow(Row(readings, outcomes));
            Assert.Equal((1L, "s", Key, ReadingBatchFormat.NoBatch), (batch.Number, batch.Signature, batch.MachineKeyId, batch.PreviousBatchHash));
            Assert.Equal(readings.Zip(outcomes, (r, o) => new JudgedReading(r, o)), batch.Readings);
            Assert.Equal((true, false), (batch.IsAsSigned(Lease), batch.IsAsSigned(LeaseId.Parse("lse_01JABCDEFGHJKMNPQRSTVWXYZ2"))));
        });

    [Theory]
    [InlineData("1,2026-11-02T08:00:00Z,2026-11-02T08:01:00Z,120")]
    [InlineData("x,2026-11-02T08:00:00Z,2026-11-02T08:01:00Z,120,serving")]
    [InlineData("1,2026-11-02T08:00:00Z,2026-11-02T08:01:00Z,2.5,serving")]
    [InlineData("1,2026-11-02T08:00:00Z,2026-11-02T08:01:00Z,120,serving\n2,a,b,1,serving")]
    public void A_kept_batch_that_was_spoilt_is_not_read(string line)
    {
        var good = Encoding.UTF8.GetString(Row([MeteredMarket.Reading(1, 0, 60)], [ReadingOutcome.Accepted]));
        var spoilt = good.Replace("1,2026-11-02T08:00:00Z,2026-11-02T08:01:00Z,120,serving", line);
        Assert.NotEqual(good, spoilt);
        Assert.Throws<FormatException>(() => ReadingBatch.OfRow(Encoding.UTF8.GetBytes(spoilt)));
    }

    [Theory]
    [InlineData("9223372036854775807")]
    [InlineData("2000000000")]
    [InlineData("1001")]
    [InlineData("2")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("99999999999999999999")]
    public void A_batch_is_not_believed_when_it_says_how_many_readings_it_has(string count)
    {
        var signed = Encoding.ASCII.GetString(ReadingBatchFormat.ToBytes(Lease, Key, ReadingBatchFormat.NoBatch, [MeteredMarket.Reading(1, 0, 60)]));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<FormatException>(() => SignedBatch.Read(Encoding.ASCII.GetBytes(signed.Replace("\n1\n", $"\n{count}\n", StringComparison.Ordinal))));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20, "Room was made for readings that are not there.");
    }

    [Fact]
    public void A_batch_that_was_cut_off_anywhere_is_not_read()
    {
        var signed = ReadingBatchFormat.ToBytes(Lease, Key, ReadingBatchFormat.NoBatch, [MeteredMarket.Reading(1, 0, 60), MeteredMarket.Reading(2, 60, 90)]);
        Assert.Equal(2, SignedBatch.Read(signed).Readings.Count);
        for (var length = 0; length < signed.Length; length++)
        {
            var part = signed[..length];
            Assert.Throws<FormatException>(() => SignedBatch.Read(part));
        }
    }

    [Fact]
    public void A_batch_of_more_readings_than_can_be_read_back_is_not_written()
    {
        SignedReading[] readings = [.. Enumerable.Range(1, ReadingBatchFormat.MaxReadings + 1).Select(i => MeteredMarket.Reading(i, i, i + 1))];
        Assert.Throws<ArgumentException>(() => ReadingBatchFormat.ToBytes(Lease, Key, ReadingBatchFormat.NoBatch, readings));
        Assert.Equal(
            ReadingBatchFormat.MaxReadings,
            SignedBatch.Read(ReadingBatchFormat.ToBytes(Lease, Key, ReadingBatchFormat.NoBatch, readings[1..])).Readings.Count);
    }

    [Theory]
    [InlineData("2000000000")]
    [InlineData("-1")]
    [InlineData("\"x\"")]
    public void Outcomes_of_more_readings_than_a_batch_may_have_are_not_believed(string readings)
    {
        var good = Encoding.UTF8.GetString(Row([MeteredMarket.Reading(1, 0, 60)], [ReadingOutcome.Accepted]));
        var spoilt = good.Replace("\"readings\":1", $"\"readings\":{readings}", StringComparison.Ordinal);
        Assert.NotEqual(good, spoilt);
        Assert.Throws<FormatException>(() => ReadingBatch.OfRow(Encoding.UTF8.GetBytes(spoilt)));
    }

    [Fact]
    public void A_kept_batch_has_an_outcome_for_every_reading() =>
        Assert.Throws<FormatException>(() => ReadingBatch.OfRow(Row([MeteredMarket.Reading(1, 0, 60)], [ReadingOutcome.Accepted, ReadingOutcome.Accepted])));

    private static byte[] Row(IReadOnlyList<SignedReading> readings, IReadOnlyList<ReadingOutcome> outcomes)
    {
        var signed = ReadingBatchFormat.ToBytes(Lease, Key, ReadingBatchFormat.NoBatch, readings);
        var head = new BatchHead(1, ReadingBatchFormat.Hash(signed), "s", MeteredMarket.Start, OutcomeRun.Of(outcomes));
        return ReadingBatch.ToRow(head, signed);
    }
}
