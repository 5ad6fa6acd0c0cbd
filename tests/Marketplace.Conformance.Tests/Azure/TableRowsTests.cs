using CsCheck;
using Marketplace.AzureTables;
using Marketplace.Runtime.Store;

namespace Marketplace.Conformance.Tests.Azure;

/// <summary>The service's limits that the emulator doesn't hold.</summary>
public sealed class TableRowsTests
{
    private static readonly PartitionId Partition = new("tablerows", new string('p', 200));

    [Fact]
    public void No_property_holds_more_than_64_KiB_and_no_entity_more_than_1_MiB() =>
        Gen.Int[0, Commit.MaxBodyBytes].Sample(
            length =>
            {
                var row = TableRows.ToRow(Partition, new string('r', 500), new byte[length]);
                var parts = row.Where(property => property.Value is byte[]).Select(property => (byte[])property.Value).ToList();
                Assert.All(parts, part => Assert.InRange(part.Length, 1, 65_536));
                Assert.InRange(row.Count, 2, 252);
                Assert.Equal(length, parts.Sum(part => part.Length));
                Assert.Equal(length, TableRows.ToEntity(row).Body.Length);

                // 4 bytes, the keys as UTF-16, and 8 + twice the name + 4 + its bytes for each property.
                Assert.InRange(4 + (700 * 2) + parts.Sum(part => 8 + (2 * 3) + 4 + part.Length), 0, 1_048_576);
            },
            iter: 200);
}
