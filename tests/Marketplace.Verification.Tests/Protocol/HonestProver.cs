using System.Buffers.Binary;
using System.Security.Cryptography;
using Marketplace.Verification.Protocol;

namespace Marketplace.Verification.Tests.Protocol;

/// <summary>What a cheat answers for a unit, given the seeds of the device's rounds so far and the right digest.</summary>
internal delegate ulong Cheat(byte[] seeds, UnitAddress unit, ulong right);

/// <summary>A slow prover of any workload by the server's own arithmetic; a hook lets a test cheat on single units.</summary>
internal sealed class HonestProver
{
    private readonly ProofParameters parameters;
    private readonly ulong[][][] digests;

    public HonestProver(ProofParameters parameters, byte[] seeds, Func<UnitAddress, ulong, ulong>? cheat = null)
        : this(parameters, seeds, (_, unit, right) => cheat?.Invoke(unit, right) ?? right)
    {
    }

    public HonestProver(ProofParameters parameters, byte[] seeds, Cheat cheat)
    {
        this.parameters = parameters;
        Roots = new byte[parameters.RootsLength];
        digests = new ulong[parameters.Devices][][];
        var replay = new UnitReplay(parameters);
        var words = MemoryBlock.Words / parameters.Columns;
        var length = parameters.Rounds * 32;
        for (var device = 0; device < parameters.Devices; device++)
        {
            var chain = new byte[length];
            var roots = Roots.AsSpan(device * length, length);
            var memory = parameters.Workload == Workload.MemoryPasses ? new ulong[words * parameters.UnitsPerRound] : null;
            seeds.AsSpan(device * 32, 32).CopyTo(chain);
            digests[device] = new ulong[parameters.Rounds][];
            for (var t = 0; t < parameters.Rounds; t++)
            {
                var round = digests[device][t] = new ulong[parameters.UnitsPerRound];
                for (var unit = 0; unit < round.Length; unit++)
                {
                    var digest = memory is null ? replay.Digest(chain, t, unit) : Pass(memory.AsSpan(unit * words, words), unit, chain.AsSpan(t * 32, 32));
                    round[unit] = cheat(chain, new UnitAddress(device, t, unit), digest);
                }

                var nodes = new byte[DigestTree.NodeCount(round.Length) * 32];
                DigestTree.Nodes(round, nodes);
                DigestTree.Root(round.Length, nodes, roots.Slice(t * 32, 32));
                if (t + 1 < parameters.Rounds) SeedChain.Next(t + 1, chain.AsSpan(t * 32, 32), SeedChain.Lagged(parameters.Lag, t, roots), chain.AsSpan((t + 1) * 32, 32));
            }
        }
    }

    public byte[] Roots { get; }

    // Memory it keeps, as an honest prover does: replaying every pass from the first takes too long.
    private ulong Pass(Span<ulong> words, int unit, ReadOnlySpan<byte> seed) => MemoryBlock.Continue([MemoryBlock.Key(seed)], parameters.Depth, unit, words);

    public byte[] Open(IReadOnlyList<UnitAddress> drawn)
    {
        var openings = new byte[ProofCheck.OpeningsLength(parameters, drawn)];
        var rest = openings.AsSpan();
        foreach (var unit in drawn)
        {
            var length = DigestTree.OpeningLength(parameters.UnitsPerRound, unit.Unit);
            DigestTree.Open(digests[unit.Device][unit.Round], [unit.Unit], rest[..length]);
            rest = rest[length..];
        }

        return openings;
    }

    public static byte[] Bytes(int number)
    {
        Span<byte> input = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(input, number);
        return SHA256.HashData(input);
    }

    public static byte[] Seeds(ProofParameters parameters, int number) => [.. Enumerable.Range(0, parameters.Devices).SelectMany(device => Bytes(number + (1000 * device)))];
}
