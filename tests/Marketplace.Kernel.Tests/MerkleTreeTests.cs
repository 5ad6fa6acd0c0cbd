namespace Marketplace.Kernel.Tests;

/// <summary>The vectors of the reference implementation of RFC 6962 (google/certificate-transparency): eight leaves, their roots and some proofs.</summary>
public sealed class MerkleTreeTests
{
    private static readonly string[] Leaves =
        [.. new[] { "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f" }.Select(data => MerkleTree.Leaf(Convert.FromHexString(data)))];

    private static readonly string[] Roots =
    [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    private static readonly string[] SixthOfEight =
    [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ];

    private static readonly string[] SixToEight =
    [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ];

    [Fact]
    public void Roots_are_those_of_the_reference_vectors()
    {
        Assert.Equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", MerkleTree.EmptyRoot);
        for (var size = 1; size <= Leaves.Length; size++) Assert.Equal(Roots[size - 1], Root(Leaves.AsSpan(0, size)));
    }

    [Fact]
    public void The_reference_proofs_are_accepted()
    {
        Assert.True(MerkleTree.VerifyInclusion(Leaves[5], 5, 8, SixthOfEight, Roots[7]));
        Assert.True(MerkleTree.VerifyInclusion(Leaves[0], 0, 1, [], Roots[0]));
        Assert.True(MerkleTree.VerifyConsistency(6, Roots[5], 8, Roots[7], SixToEight));
        Assert.True(MerkleTree.VerifyConsistency(8, Roots[7], 8, Roots[7], []));
        Assert.True(MerkleTree.VerifyConsistency(0, MerkleTree.EmptyRoot, 8, Roots[7], []));
    }

    [Fact]
    public void A_proof_with_anything_changed_is_not()
    {
        for (var i = 0; i < 3; i++)
        {
            string[] changed = [.. SixthOfEight];
            changed[i] = Roots[0];
            Assert.False(MerkleTree.VerifyInclusion(Leaves[5], 5, 8, changed, Roots[7]));
            changed = [.. SixToEight];
            changed[i] = Roots[0];
            Assert.False(MerkleTree.VerifyConsistency(6, Roots[5], 8, Roots[7], changed));
        }

        Assert.False(MerkleTree.VerifyInclusion(Leaves[5], 4, 8, SixthOfEight, Roots[7]));
        Assert.False(MerkleTree.VerifyInclusion(Leaves[5], 5, 7, SixthOfEight, Roots[6]));
        Assert.False(MerkleTree.VerifyInclusion(Leaves[5], 5, 8, SixthOfEight[..2], Roots[7]));
        Assert.False(MerkleTree.VerifyInclusion(Leaves[5], 5, 8, ["no hash", .. SixthOfEight[1..]], Roots[7]));
        Assert.False(MerkleTree.VerifyInclusion(Leaves[5], 8, 8, SixthOfEight, Roots[7]));
        Assert.False(MerkleTree.VerifyConsistency(6, Roots[4], 8, Roots[7], SixToEight));
        Assert.False(MerkleTree.VerifyConsistency(6, Roots[5], 8, Roots[6], SixToEight));
        Assert.False(MerkleTree.VerifyConsistency(6, Roots[5], 8, Roots[7], []));
        Assert.False(MerkleTree.VerifyConsistency(7, Roots[6], 6, Roots[5], SixToEight));
        Assert.False(MerkleTree.VerifyConsistency(8, Roots[7], 8, Roots[6], []));
    }

    private static string Root(ReadOnlySpan<string> leaves)
    {
        if (leaves.Length == 1) return leaves[0];
        var left = (int)MerkleTree.Split(leaves.Length);
        return MerkleTree.Node(Root(leaves[..left]), Root(leaves[left..]));
    }
}
