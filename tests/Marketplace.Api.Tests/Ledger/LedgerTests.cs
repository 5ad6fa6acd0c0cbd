using System.Net;
using Marketplace.Api.Auth;
using Marketplace.Client;
using Marketplace.Contracts;
using Marketplace.Runtime.Time;
using Marketplace.Testing.Time;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Api.Tests.Ledger;

/// <summary>A host with three sales to one buyer in its journal; the tests only read.</summary>
public sealed class HostWithSales : IAsyncLifetime
{
    public ApiHost Host { get; private set; } = null!;

    public OrganisationId Buyer { get; private set; }

    public async ValueTask InitializeAsync()
    {
        Host = await ApiHost.StartAsync();
        Buyer = Host.NewOrganisation();
        for (var i = 1; i <= 3; i++) await Host.SendAsync(Sale(i * 100));
        await Host.WhenIdleAsync();
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    private RecordEntry Sale(long amount) => new(
        Host.Services.GetRequiredService<IIdSource>().Next<EntryKind>(), Currency.Usd, EntryReason.Adjustment, "test", VirtualTime.Monday,
        [
            new Posting(new Account(AccountKind.BuyerReceivable, Buyer), Money.OfMinor(amount, Currency.Usd)),
            new Posting(new Account(AccountKind.PlatformRevenue, null), Money.OfMinor(-amount, Currency.Usd)),
        ]);
}

public sealed class LedgerTests(HostWithSales sales) : IClassFixture<HostWithSales>
{
    private readonly ApiHost host = sales.Host;
    private readonly OrganisationId buyer = sales.Buyer;

    [Fact]
    public async Task Finance_reads_entries_balances_and_the_check()
    {
        var finance = host.Client(host.StaffToken(Scopes.FinanceRead));
        var first = await finance.ListLedgerEntriesAsync("USD", limit: 2);
        var second = await finance.ListLedgerEntriesAsync("USD", limit: 2, first.NextCursor);
        Assert.Equal([3L, 2L, 1L], first.Items.Concat(second.Items).Select(e => e.Sequence));
        Assert.Null(second.NextCursor);

        var balances = await finance.GetTrialBalanceAsync("USD");
        Assert.Equal("0.00", balances.Sum.Amount);
        Assert.Equal("6.00", balances.Accounts.Single(a => a.OrganisationId == buyer.ToString()).Balance.Amount);
        var check = await finance.CheckJournalAsync("USD");
        Assert.Equal((true, 3L, "0.00"), (check.IsSound, check.Entries, check.Sum.Amount));
    }

    [Fact]
    public async Task Anyone_reads_the_heads_and_they_are_the_last_entries()
    {
        var heads = await host.Client().GetJournalHeadsAsync();
        var last = (await host.Client(host.StaffToken()).ListLedgerEntriesAsync("USD", 1)).Items[0];
        Assert.Equal((last.Sequence, last.Hash), heads.Items.Where(h => h.Currency == "USD").Select(h => (h.Sequence, h.Hash)).Single());
        Assert.Equal((0L, new string('0', 64)), heads.Items.Where(h => h.Currency == "JPY").Select(h => (h.Sequence, h.Hash)).Single());
    }

    [Fact]
    public async Task Anyone_proves_an_entry_that_it_was_shown_and_that_history_goes_on_from_a_head_it_kept()
    {
        var anyone = host.Client();
        var entries = (await host.Client(host.StaffToken()).ListLedgerEntriesAsync("USD")).Items;
        var head = (await anyone.GetJournalHeadsAsync()).Items.Single(h => h.Currency == "USD");
        foreach (var entry in entries)
        {
            var proof = await anyone.ProveLedgerEntryAsync(entry.EntryId);
            Assert.True(JournalProofs.Holds(entry, proof, head));
            Assert.False(JournalProofs.Holds(entry with { Reference = "other" }, proof, head));
            Assert.False(JournalProofs.Holds(entry with { Postings = [.. entry.Postings.Reverse()] }, proof, head));
            Assert.False(JournalProofs.Holds(entry, proof, head with { RootHash = head.Hash }));
            Assert.True(JournalProofs.Holds(entry, await anyone.ProveLedgerEntryAsync(entry.EntryId, entry.Sequence), await anyone.GetJournalHeadAsync("USD", entry.Sequence)));
        }

        var kept = await anyone.GetJournalHeadAsync("USD", 2);
        var consistency = await anyone.ProveJournalConsistencyAsync("USD", 2, 3);
        Assert.True(JournalProofs.Continues(kept, head, consistency));
        Assert.False(JournalProofs.Continues(kept with { RootHash = kept.Hash }, head, consistency));
        Assert.Equal("not_found", (await Assert.ThrowsAsync<ProblemException>(() => anyone.GetJournalHeadAsync("USD", 4))).Code);
        Assert.Equal("invalid_fields", (await Assert.ThrowsAsync<ProblemException>(() => anyone.ProveJournalConsistencyAsync("USD", 3, 2))).Code);
        Assert.Equal("invalid_fields", (await Assert.ThrowsAsync<ProblemException>(() => anyone.ProveLedgerEntryAsync(entries[0].EntryId, 2))).Code);
    }

    [Fact]
    public async Task An_organisation_reads_the_statement_of_its_own_account_and_finance_any_at_any_instant()
    {
        var own = host.Client(host.TokenOf(buyer));
        var account = $"buyerReceivable:{buyer}";
        var first = await own.GetLedgerStatementAsync(account, "USD", limit: 2);
        var second = await own.GetLedgerStatementAsync(account, "USD", limit: 2, first.NextCursor);
        Assert.Equal(["6.00", "3.00", "1.00"], first.Items.Concat(second.Items).Select(l => l.Balance.Amount));
        Assert.Null(second.NextCursor);
        Assert.Equal("6.00", (await own.GetLedgerAccountAsync(account, "USD")).Balance.Amount);

        var finance = host.Client(host.StaffToken(Scopes.FinanceRead));
        Assert.Equal("6.00", (await finance.GetLedgerAccountAsync(account, "USD", bookedBy: "2030-01-01T00:00:00Z")).Balance.Amount);
        Assert.Equal("0.00", (await finance.GetLedgerAccountAsync(account, "USD", bookedBy: "2020-01-01T00:00:00Z")).Balance.Amount);
        Assert.Empty((await finance.GetTrialBalanceAsync("USD", null, "2020-01-01T00:00:00Z")).Accounts);
        Assert.Equal("-6.00", (await finance.GetLedgerAccountAsync("platformRevenue", "USD")).Balance.Amount);

        foreach (var foreign in new[] { "platformRevenue", $"buyerReceivable:{host.NewOrganisation()}", "nothing" })
            Assert.Equal("not_found", (await Assert.ThrowsAsync<ProblemException>(() => own.GetLedgerStatementAsync(foreign, "USD"))).Code);
        using var anonymous = await host.Http(null).GetAsync($"/v1/ledger/accounts/{account}?currency=USD");
        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
    }

    [Fact]
    public async Task An_operator_rebuilds_a_journal_and_a_sound_one_is_left_as_it_is()
    {
        var made = await host.Client(host.StaffToken(Scopes.Operator)).RebuildJournalAsync("USD");
        Assert.Equal((3L, 0, 0, 0), (made.Entries, made.Inserted, made.Replaced, made.Deleted));
        var finance = host.Client(host.StaffToken(Scopes.FinanceWrite));
        Assert.Equal("scope_required", (await Assert.ThrowsAsync<ProblemException>(() => finance.RebuildJournalAsync("USD"))).Code);
    }

    [Fact]
    public async Task An_entry_is_read_by_its_id()
    {
        var http = host.Http(host.StaffToken());
        var last = (await host.Client(host.StaffToken()).ListLedgerEntriesAsync("USD", 1)).Items[0];
        using var found = await http.GetAsync($"/v1/ledger/entries/{last.EntryId}");
        Assert.Equal(HttpStatusCode.OK, found.StatusCode);
        using var absent = await http.GetAsync("/v1/ledger/entries/ent_01JABCDEFGHJKMNPQRSTVWXYZ0");
        await absent.ProblemAsync(HttpStatusCode.NotFound, "not_found");
    }

    [Theory]
    [InlineData("/v1/ledger/entries", "invalid_fields")]
    [InlineData("/v1/ledger/entries?currency=usd", "invalid_fields")]
    [InlineData("/v1/ledger/accounts?currency=XXX", "invalid_fields")]
    [InlineData("/v1/ledger/entries?currency=USD&account=x", "unknown_parameter")]
    [InlineData("/v1/ledger/entries?currency=USD&cursor=aAAAA", "invalid_cursor")]
    [InlineData("/v1/ledger/entries?currency=USD&limit=201", "invalid_fields")]
    public async Task A_malformed_query_is_refused(string path, string code)
    {
        using var response = await host.Http(host.StaffToken()).GetAsync(path);
        await response.ProblemAsync(HttpStatusCode.BadRequest, code);
    }

    [Theory]
    [InlineData("/v1/ledger/entries?currency=USD")]
    [InlineData("/v1/ledger/accounts?currency=USD")]
    [InlineData("/v1/ledger/check?currency=USD")]
    public async Task Organisations_do_not_read_the_platforms_books(string path)
    {
        using var response = await host.Http(host.TokenOf(buyer)).GetAsync(path);
        await response.ProblemAsync(HttpStatusCode.Forbidden, "scope_required");
    }

    [Fact]
    public async Task Finance_takes_an_entry_back_once_with_a_reason_and_repeating_the_request_changes_nothing()
    {
        await using var own = await ApiHost.StartAsync();
        var buyer = own.NewOrganisation();
        var id = own.Services.GetRequiredService<IIdSource>().Next<EntryKind>();
        await own.SendAsync(new RecordEntry(id, Currency.Jpy, EntryReason.Adjustment, "test", VirtualTime.Monday,
        [
            new Posting(new Account(AccountKind.BuyerReceivable, buyer), Money.OfMinor(101, Currency.Jpy)),
            new Posting(new Account(AccountKind.PlatformRevenue, null), Money.OfMinor(-101, Currency.Jpy)),
        ]));
        await own.WhenIdleAsync();

        var finance = own.Client(own.StaffToken(Scopes.FinanceRead, Scopes.FinanceWrite));
        var reversal = await finance.ReverseLedgerEntryAsync(id.ToString(), "Metered twice.", "key-1");
        Assert.Equal((id.ToString(), "Metered twice.", "reversal"), (reversal.Reverses, reversal.Note, reversal.Reason));
        Assert.Equal(reversal.EntryId, (await finance.ReverseLedgerEntryAsync(id.ToString(), "Metered twice.", "key-1")).EntryId);
        Assert.Equal("idempotency_key_reused", (await Assert.ThrowsAsync<ProblemException>(() => finance.ReverseLedgerEntryAsync(id.ToString(), "Other.", "key-1"))).Code);
        Assert.Equal("already_reversed", (await Assert.ThrowsAsync<ProblemException>(() => finance.ReverseLedgerEntryAsync(id.ToString(), "Again.", "key-2"))).Code);
        Assert.Equal("reversal_of_reversal", (await Assert.ThrowsAsync<ProblemException>(() => finance.ReverseLedgerEntryAsync(reversal.EntryId, "Again.", "key-3"))).Code);
        Assert.Equal("invalid_fields", (await Assert.ThrowsAsync<ProblemException>(() => finance.ReverseLedgerEntryAsync(id.ToString(), "a\nb", "key-4"))).Code);
        Assert.All((await finance.GetTrialBalanceAsync("JPY")).Accounts, a => Assert.Equal("0", a.Balance.Amount));
        var reader = own.Client(own.StaffToken(Scopes.FinanceRead));
        Assert.Equal("scope_required", (await Assert.ThrowsAsync<ProblemException>(() => reader.ReverseLedgerEntryAsync(id.ToString(), "No.", "key-5"))).Code);
    }
}
