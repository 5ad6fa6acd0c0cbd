namespace Marketplace.Kernel.Tests;

public sealed class ResultTests
{
    private enum Refusal
    {
        SoldOut,
    }

    [Fact]
    public void Accepted_result_has_its_value_and_no_refusal()
    {
        Result<int, Refusal> result = 7;
        Assert.True(result.IsAccepted);
        Assert.Equal(7, result.Value);
        Assert.Throws<InvalidOperationException>(() => result.Refusal);
        Assert.True(result.TryGet(out var value, out _));
        Assert.Equal(7, value);
        Assert.Equal("7", result.Match(number => $"{number}", refusal => $"{refusal}"));
    }

    [Fact]
    public void Refused_result_has_its_refusal_and_no_value()
    {
        Result<int, Refusal> result = Refusal.SoldOut;
        Assert.False(result.IsAccepted);
        Assert.Equal(Refusal.SoldOut, result.Refusal);
        Assert.Throws<InvalidOperationException>(() => result.Value);
        Assert.False(result.TryGet(out _, out var refusal));
        Assert.Equal(Refusal.SoldOut, refusal);
        Assert.Equal("SoldOut", result.Match(number => $"{number}", refused => $"{refused}"));
    }

    [Fact]
    public void Result_that_was_never_set_is_neither()
    {
        Result<int, Refusal> result = default;
        Assert.Throws<InvariantException>(() => result.IsAccepted);
        Assert.Throws<InvariantException>(() => result.TryGet(out _, out _));
        Assert.Throws<InvariantException>(() => result.Match(_ => 0, _ => 0));
    }
}
