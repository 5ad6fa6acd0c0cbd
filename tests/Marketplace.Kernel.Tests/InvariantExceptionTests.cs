namespace Marketplace.Kernel.Tests;

public sealed class InvariantExceptionTests
{
    [Fact]
    public void Broken_invariant_says_what_should_have_held()
    {
        var broken = Assert.Throws<InvariantException>(() => InvariantException.Require(1 > 2, $"{1} is above {2.5:F2}."));
        Assert.Equal("1 is above 2.50.", broken.Message);
        Assert.Equal("so it is", Assert.Throws<InvariantException>(() => InvariantException.Require(false, "so it is")).Message);
    }

    [Fact]
    public void Text_of_an_invariant_that_holds_is_not_made()
    {
        var made = false;
        InvariantException.Require(true, $"{Text()}");
        Assert.False(made);

        string Text()
        {
            made = true;
            return "";
        }
    }
}
