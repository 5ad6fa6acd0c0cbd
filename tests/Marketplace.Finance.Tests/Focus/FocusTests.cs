using System.Globalization;
using CsCheck;
using Marketplace.Contracts;
using Marketplace.Finance.Focus;
using NodaTime;
using NodaTime.Text;
using Parquet;

namespace Marketplace.Finance.Tests.Focus;

public sealed class FocusTests
{
    private static readonly BillingPeriod Period = ConsistentWorld.Period;

    /// <summary>Charges of some leases over some hours; some corrected, credited or not invoiced yet.</summary>
    private static readonly Gen<Month> GenMonth =
        from drawn in Gen.Select(Gen.Int[0, 2], Gen.Int[0, 3], Gen.Long[1, 100_000], Gen.Long[1_000, 9_000_000], Gen.Int[0, 5], Gen.Bool).Array[1, 10]
        select Make(drawn);

    /// <summary>Each breaks one rule in one cell, or in one row.</summary>
    private static readonly Dictionary<string, (FocusDataset Dataset, string Finding, Action<List<object?[]>, Func<string, int>> Plant)> Violations = new()
    {
        ["a cost that is null"] = (FocusDataset.CostAndUsage, "BilledCost is null", (rows, c) => rows[0][c("BilledCost")] = null),
        ["an account that is null"] = (FocusDataset.CostAndUsage, "BillingAccountId is null", (rows, c) => rows[0][c("BillingAccountId")] = null),
        ["a number as text"] = (FocusDataset.CostAndUsage, "ListCost has the wrong type", (rows, c) => rows[0][c("ListCost")] = "1.00"),
        ["an empty text"] = (FocusDataset.CostAndUsage, "ServiceName has the wrong type", (rows, c) => rows[0][c("ServiceName")] = ""),
        ["an unknown category"] = (FocusDataset.CostAndUsage, "ChargeCategory may not be Fee", (rows, c) => rows[0][c("ChargeCategory")] = "Fee"),
        ["an unknown class"] = (FocusDataset.CostAndUsage, "ChargeClass may not be Late", (rows, c) => rows[0][c("ChargeClass")] = "Late"),
        ["an unknown currency"] = (FocusDataset.CostAndUsage, "BillingCurrency may not be usd", (rows, c) => rows[0][c("BillingCurrency")] = "usd"),
        ["a period that ends first"] = (FocusDataset.CostAndUsage, "ChargePeriod ends before it starts", (rows, c) => rows[0][c("ChargePeriodEnd")] = rows[0][c("ChargePeriodStart")]),
        ["a quantity without a unit"] = (FocusDataset.CostAndUsage, "PricingQuantity without PricingUnit", (rows, c) => rows[0][c("PricingUnit")] = null),
        ["a list cost that is not the price"] = (FocusDataset.CostAndUsage, "ListCost is not ListUnitPrice times", (rows, c) => rows[0][c("ListCost")] = (decimal)rows[0][c("ListCost")]! + 1),
        ["a region without a name"] = (FocusDataset.CostAndUsage, "RegionId without RegionName", (rows, c) => rows[0][c("RegionName")] = null),
        ["a name without a region"] = (FocusDataset.CostAndUsage, "RegionName without RegionId", (rows, c) => rows[0][c("RegionId")] = null),
        ["two names of a region"] = (FocusDataset.CostAndUsage, "has several RegionName", (rows, c) => rows.Add(With(rows[0], c("RegionName"), "Elsewhere"))),
        ["a price without a SKU"] = (FocusDataset.CostAndUsage, "SkuPriceId without SkuId", (rows, c) => rows[0][c("SkuId")] = null),
        ["a meter without a SKU"] = (FocusDataset.CostAndUsage, "SkuMeter without SkuId", (rows, c) => rows[0][c("SkuId")] = null),
        ["a SKU without a meter"] = (FocusDataset.CostAndUsage, "SkuId without SkuMeter", (rows, c) => rows[0][c("SkuMeter")] = null),
        ["use without a price"] = (FocusDataset.CostAndUsage, "usage without SkuPriceId", (rows, c) => rows.First(r => r[c("ChargeClass")] is null)[c("SkuPriceId")] = null),
        ["details without a price"] = (FocusDataset.CostAndUsage, "SkuPriceDetails without SkuPriceId", (rows, c) => rows[0][c("SkuPriceId")] = null),
        ["details of a key of our own"] = (FocusDataset.CostAndUsage, "no list of keys and values", (rows, c) => rows[0][c("SkuPriceDetails")] = """{"Gpus":1}"""),
        ["a price of two SKUs"] = (FocusDataset.CostAndUsage, "has several SkuId", (rows, c) => rows.Add(With(rows[0], c("SkuId"), "another"))),
        ["tax with a SKU"] = (FocusDataset.CostAndUsage, "tax with SkuId", (rows, c) => rows[0][c("ChargeCategory")] = "Tax"),
        ["a provider without a name"] = (FocusDataset.CostAndUsage, "ServiceProviderName is null", (rows, c) => rows[0][c("ServiceProviderName")] = null),
        ["an hour twice"] = (FocusDataset.CostAndUsage, "has several rows", (rows, _) => rows.Add([.. rows[0]])),
        ["a cost off by a cent"] = (FocusDataset.CostAndUsage, "its costs are", (rows, c) => rows.First(r => r[c("InvoiceId")] is not null)[c("BilledCost")] = (decimal)rows.First(r => r[c("InvoiceId")] is not null)[c("BilledCost")]! + 0.01m),
        ["a cost of another month"] = (FocusDataset.CostAndUsage, "period that is not described", (rows, c) => rows[0][c("BillingPeriodStart")] = Period.Previous.Start),
        ["a detail off by a cent"] = (FocusDataset.InvoiceDetail, "its details are", (rows, c) => rows[0][c("BilledCost")] = (decimal)rows[0][c("BilledCost")]! + 0.01m),
        ["a detail lost"] = (FocusDataset.InvoiceDetail, "its details are", (rows, _) => rows.RemoveAt(0)),
        ["a detail twice"] = (FocusDataset.InvoiceDetail, "is there twice", (rows, _) => rows.Add([.. rows[0]])),
        ["a status of our own"] = (FocusDataset.InvoiceDetail, "InvoiceIssueStatus may not be Paid", (rows, c) => rows[0][c("InvoiceIssueStatus")] = "Paid"),
        ["a detail without its invoice"] = (FocusDataset.InvoiceDetail, "InvoiceId is null", (rows, c) => rows[0][c("InvoiceId")] = null),
        ["a month that is half open"] = (FocusDataset.BillingPeriod, "BillingPeriodStatus may not be Ajar", (rows, c) => rows[0][c("BillingPeriodStatus")] = "Ajar"),
    };

    public static TheoryData<string> ViolationNames => [.. Violations.Keys];

    [Fact]
    public void Every_rule_holds_and_costs_and_details_add_up_to_each_invoice() => GenMonth.Sample(month => Assert.Empty(Findings(month, Tables(month))));

    [Theory]
    [MemberData(nameof(ViolationNames))]
    public void The_checker_finds_a_violation(string name) => GenMonth.Where(m => m.Invoices.Count > 0 && m.Costs.Any(c => !c.IsCorrection)).Sample(month =>
    {
        var (dataset, finding, plant) = Violations[name];
        var tables = Tables(month);
        var table = tables[dataset];
        List<object?[]> rows = [.. table.Rows.Select(r => r.ToArray())];
        plant(rows, column => FocusChecker.Index(table, column));
        tables[dataset] = table with { Rows = rows };
        Assert.Contains(Findings(month, tables), found => found.Contains(finding, StringComparison.Ordinal));
    }, iter: 20);

    [Fact]
    public void A_missing_column_is_found()
    {
        var table = Tables(GenMonth.Single())[FocusDataset.CostAndUsage];
        var without = table with { Columns = [.. table.Columns.Skip(1)], Rows = [.. table.Rows.Select(r => (IReadOnlyList<object?>)[.. r.Skip(1)])] };
        Assert.Contains("column BilledCost is missing", FocusChecker.Check(without));
    }

    [Fact]
    public void A_correction_keeps_its_charge_period_in_the_open_billing_period()
    {
        var month = GenMonth.Where(m => m.Costs.Any(c => c.IsCorrection)).Single();
        var table = Tables(month)[FocusDataset.CostAndUsage];
        object? Cell(IReadOnlyList<object?> row, string column) => row[FocusChecker.Index(table, column)];
        var corrected = table.Rows.Where(r => Cell(r, "ChargeClass") is "Correction" && Cell(r, "PricingQuantity") is not null).ToList();
        Assert.NotEmpty(corrected);
        Assert.All(corrected, r => Assert.Equal(Period.Start, Cell(r, "BillingPeriodStart")));
        Assert.All(corrected, r => Assert.True((Instant)Cell(r, "ChargePeriodEnd")! <= Period.Start));
    }

    [Fact]
    public void A_row_names_what_was_sold_where_by_whom_and_on_whose_machine()
    {
        var month = GenMonth.Where(m => m.Costs.Any(c => c.LeaseId == SoldTerms.Resold)).Single();
        var table = Tables(month)[FocusDataset.CostAndUsage];
        string? Cell(IReadOnlyList<object?> row, string column) => (string?)row[FocusChecker.Index(table, column)];
        var resold = table.Rows.Where(r => Cell(r, "ResourceId") == SoldTerms.Resold.ToString()).ToList();
        Assert.All(resold, r => Assert.Equal(("gansu", "Gansu"), (Cell(r, "RegionId"), Cell(r, "RegionName"))));
        Assert.All(resold, r => Assert.Equal(("Buyer 1", "Seller 2", "Owner 3"), (Cell(r, "BillingAccountName"), Cell(r, "ServiceProviderName"), Cell(r, "HostProviderName"))));
        Assert.All(resold.Where(r => Cell(r, "ChargeCategory") == "Usage"), r => Assert.Equal(
            ("nvidia-h200-sxm", "nvidia-h200-sxm@gansu", "GPU Usage", """{"GpuCount":1,"InstanceType":"H200 SXM"}"""),
            (Cell(r, "SkuId"), Cell(r, "SkuPriceId"), Cell(r, "SkuMeter"), Cell(r, "SkuPriceDetails"))));
    }

    [Fact]
    public void A_lease_that_leasing_does_not_know_keeps_no_cost_from_the_export()
    {
        var month = GenMonth.Where(m => m.Invoices.Count > 0).Single();
        month.Costs[0] = month.Costs[0] with { LeaseId = SoldTerms.Unknown };
        var table = Tables(month)[FocusDataset.CostAndUsage];
        object? Cell(IReadOnlyList<object?> row, string column) => row[FocusChecker.Index(table, column)];
        var unknown = table.Rows.Where(r => Cell(r, "ResourceId") is string lease && lease == SoldTerms.Unknown.ToString()).ToList();
        Assert.NotEmpty(unknown);
        Assert.All(unknown, r => Assert.Equal((null, null, "Seller 2"), (Cell(r, "RegionId"), Cell(r, "SkuPriceId"), Cell(r, "HostProviderName"))));
    }

    [Fact]
    public async Task Csv_and_parquet_hold_the_same_cells()
    {
        foreach (var table in Tables(GenMonth.Where(m => m.Invoices.Count > 0).Single()).Values)
        {
            using var csv = new MemoryStream();
            FocusCsv.Write(table, csv);
            var lines = System.Text.Encoding.UTF8.GetString(csv.ToArray()).Split("\r\n")[..^1];
            Assert.Equal(string.Join(',', table.Columns.Select(c => c.Name)), lines[0]);
            Assert.Equal(table.Rows.Count, lines.Length - 1);

            using var file = new MemoryStream();
            await FocusParquet.WriteAsync(table, file, default);
            file.Position = 0;
            await using var reader = await ParquetReader.CreateAsync(file);
            var fields = reader.Schema.GetDataFields();
            Assert.Equal(table.Columns.Select(c => (c.Name, c.IsNullable)), fields.Select(f => (f.Name, f.IsNullable)));
            using var group = reader.OpenRowGroupReader(0);
            for (var i = 0; i < fields.Length; i++)
            {
                var expected = table.Rows.Select(r => r[i]).ToList();
                Assert.Equal(expected.Select(Text), (await ReadAsync(group, fields[i], table.Columns[i], expected.Count)).Select(Text));
            }
        }
    }

    private static string Text(object? cell) => cell switch
    {
        null => "",
        decimal number => (number / 1.000000000000000000000000000m).ToString(CultureInfo.InvariantCulture),
        Instant time => InstantPattern.ExtendedIso.Format(time),
        DateTime time => InstantPattern.ExtendedIso.Format(Instant.FromDateTimeUtc(DateTime.SpecifyKind(time, DateTimeKind.Utc))),
        _ => (string)cell,
    };

    private static async Task<IEnumerable<object?>> ReadAsync(ParquetRowGroupReader group, Parquet.Schema.DataField field, FocusColumn column, int count)
    {
        switch (column.Type)
        {
            case FocusType.Text:
                var texts = new string?[count];
                await group.ReadAsync(field, texts.AsMemory());
                return texts;
            case FocusType.Time when column.IsNullable:
                var some = new DateTime?[count];
                await group.ReadAsync<DateTime>(field, some.AsMemory());
                return some.Cast<object?>();
            case FocusType.Time:
                var times = new DateTime[count];
                await group.ReadAsync<DateTime>(field, times.AsMemory());
                return times.Cast<object?>();
            case FocusType.Number when column.IsNullable:
                var optional = new decimal?[count];
                await group.ReadAsync<decimal>(field, optional.AsMemory());
                return optional.Cast<object?>();
            default:
                var numbers = new decimal[count];
                await group.ReadAsync<decimal>(field, numbers.AsMemory());
                return numbers.Cast<object?>();
        }
    }

    private static List<string> Findings(Month month, Dictionary<FocusDataset, FocusTable> tables) =>
    [
        .. tables.Values.SelectMany(FocusChecker.Check),
        .. FocusChecker.CheckAcross(tables[FocusDataset.CostAndUsage], tables[FocusDataset.InvoiceDetail], tables[FocusDataset.BillingPeriod], month.Totals()),
    ];

    private static Dictionary<FocusDataset, FocusTable> Tables(Month month) => new()
    {
        [FocusDataset.CostAndUsage] = FocusRows.CostAndUsage(Period, month.Costs, month.Credits, Terms(month)),
        [FocusDataset.InvoiceDetail] = FocusRows.InvoiceDetails(Period, month.Invoices, month.Credits),
        [FocusDataset.BillingPeriod] = FocusRows.BillingPeriods(Period, null, Period.End),
    };

    private static object?[] With(object?[] row, int column, object? value) => [.. row.Select((cell, i) => i == column ? value : cell)];

    private static FocusTerms Terms(Month month)
    {
        var sold = new SoldTerms();
        var terms = new FocusTerms(sold, sold, sold);
        foreach (var cost in month.Costs) terms.LearnAsync(cost, default).GetAwaiter().GetResult();
        return terms;
    }

    private static Month Make((int Lease, int Hour, long Seconds, long Micros, int Fate, bool IsDollar)[] drawn)
    {
        var month = new Month();
        foreach (var (d, i) in drawn.Select((d, i) => (d, i)))
        {
            var currency = d.IsDollar ? Currency.Usd : Currency.Cny;
            var price = UnitPrice.OfMicros(d.Micros, currency);
            var isCorrection = d.Fate == 1;
            var first = HourSlot.Containing((isCorrection ? Period.Previous : Period).Start) + d.Hour;
            GpuTime[] used = [GpuTime.OfGpuSeconds(d.Seconds), GpuTime.OfGpuSeconds(d.Seconds / 2 + 1)];
            var amount = price.Cost(used[0] + used[1]);
            var parts = amount.Split([used[0].GpuSeconds, used[1].GpuSeconds]);
            InvoiceId? invoice = d.Fate == 0 ? null : ConsistentWorld.Id<InvoiceKind>(d.IsDollar ? 1 : 2);
            var cost = new CostRecord(
                ConsistentWorld.Id<UsageKind>(100 + i), ConsistentWorld.Id<LeaseKind>(10 + d.Lease), ConsistentWorld.Id<OrganisationKind>(1),
                ConsistentWorld.Id<OrganisationKind>(2), price, amount.Split([6, 94])[0],
                [new HourCost(first, used[0], parts[0]), new HourCost(first + 1, used[1], parts[1])],
                first.Start, (first + 1).End, Period, isCorrection, invoice);
            month.Costs.Add(cost);
            if (d.Fate == 5 && !amount.IsZero) month.Credits.Add(Credit(cost, i));
        }

        foreach (var lines in month.Costs.Where(c => c.InvoiceId is not null).GroupBy(c => c.InvoiceId!.Value))
        {
            List<InvoiceRecordLine> own = [.. lines.Select(c => new InvoiceRecordLine(c.UsageId, c.LeaseId, Net(c) + c.Tax, c.Tax))];
            month.Invoices.Add(new InvoiceRecord(
                lines.Key, lines.First().Buyer, Period, own.Aggregate(Money.Zero(own[0].Amount.Currency), (sum, l) => sum + l.Amount), own, Period.End, Period.End));
        }

        // An invoice of nothing has neither costs nor details that add up to anything.
        if (month.Invoices.Any(i => i.Total.IsZero)) month.Invoices.Clear();
        return month;
    }

    private static Money Net(CostRecord cost) => cost.Hours.Select(h => h.Amount).Aggregate((sum, h) => sum + h);

    private static CreditedCost Credit(CostRecord cost, int number)
    {
        var line = new BookedCreditLine(cost.UsageId, cost.Provider, Net(cost), Money.Zero(cost.Price.Currency), cost.Tax);
        return new CreditedCost(
            new BookedCredit(
                ConsistentWorld.Id<CreditNoteKind>(200 + number).ToString(), false, cost.InvoiceId!.Value, cost.Buyer, [line],
                ConsistentWorld.Id<EntryKind>(300 + number), Period.End, "cn_1"),
            line,
            cost);
    }

    private sealed class Month
    {
        public List<CostRecord> Costs { get; } = [];

        public List<InvoiceRecord> Invoices { get; } = [];

        public List<CreditedCost> Credits { get; } = [];

        public Dictionary<string, decimal> Totals() => Invoices
            .Select(i => (Id: i.InvoiceId.ToString(), i.Total))
            .Concat(Credits.Select(c => (c.Credit.Id, Total: -CreditedAmounts.Total(c.Credit))))
            .ToDictionary(t => t.Id, t => decimal.Parse(t.Total.Amount, CultureInfo.InvariantCulture));
    }
}
