using Marketplace.Contracts;
using static Marketplace.Ledger.Tests.JournalMarket;

namespace Marketplace.Ledger.Tests;

public sealed class ReversalTests
{
    [Fact]
    public async Task An_entry_is_taken_back_once()
    {
        await using var journal = new JournalMarket();
        await journal.RecordAsync(Sale(1, 100, 10), Reversal(2, Sale(1, 100, 10)), Reversal(2, Sale(1, 100, 10)), Reversal(3, Sale(1, 100, 10)));
        Assert.All(await journal.BalancesAsync(), b => Assert.Equal(0, b.Value));
        Assert.Equal([LedgerRefusal.AlreadyReversed], await journal.RefusalsAsync());
        Assert.Empty((await journal.CheckAsync()).Findings);
        Assert.Empty(journal.Market.Messages.DeadLetters);
    }

    [Fact]
    public async Task Refusals_of_a_reversal_come_in_their_documented_order()
    {
        await using var journal = new JournalMarket();
        var sale = Sale(1, 100, 10);
        await journal.RecordAsync(
            sale,
            Reversal(2, Sale(9, 100, 10)),
            Reversal(3, sale) with { Postings = sale.Postings },
            Reversal(4, sale),
            Reversal(5, Reversal(4, sale)));
        Assert.Equal(
            [LedgerRefusal.ReversedEntryUnknown, LedgerRefusal.ReversalDiffers, LedgerRefusal.ReversalOfReversal], await journal.RefusalsAsync(2, 3, 5));
        await journal.SendAsync(new HoldEntry(Id(6), Currency.Usd, "trade-6", BookedAt, new Account(AccountKind.BuyerPrepaid, Buyer), Money.OfMinor(1, Currency.Usd)));
        await journal.RecordAsync(Reversal(7, sale) with { Reverses = Id(6) });
        Assert.Equal([LedgerRefusal.NothingPosted], await journal.RefusalsAsync(7));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(" ")]
    [InlineData("two\nlines")]
    public async Task A_reversal_without_a_note_of_one_line_is_never_recorded(string? note)
    {
        await using var journal = new JournalMarket();
        await journal.RecordAsync(Sale(1, 100, 10), Reversal(2, Sale(1, 100, 10)) with { Note = note });
        Assert.IsType<InvariantException>(Assert.Single(journal.Market.Messages.DeadLetters).Fault);
        Assert.Single(await journal.EntriesAsync());
    }

    internal static RecordEntry Reversal(long number, RecordEntry of) => new(
        Id(number), of.Currency, EntryReason.Reversal, of.Reference, BookedAt, [.. of.Postings.Select(p => p with { Amount = -p.Amount })],
        of.EntryId, "Metered twice.");
}
