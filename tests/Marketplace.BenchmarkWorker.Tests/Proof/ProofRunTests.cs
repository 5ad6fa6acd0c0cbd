using Marketplace.BenchmarkWorker.Kernels;
using Marketplace.BenchmarkWorker.Proof;
using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Tests.Proof;

public sealed class ProofRunTests
{
    private static readonly CpuDevice Cpu = new("cpu", 2);

    public static TheoryData<Workload, int> Workloads => new(
        from workload in Enum.GetValues<Workload>() from devices in new[] { 1, 2 } select (workload, devices));

    /// <summary>Shapes whose last group and last rows are not full.</summary>
    internal static ProofParameters ShapeOf(Workload workload, int devices = 1, int rounds = 5) => workload switch
    {
        Workload.Fp64Chains => new ProofParameters(workload, devices, rounds, 37, 1, 128, 1, 30, 1e-6),
        Workload.MemoryPasses => new ProofParameters(workload, devices, rounds, 3, 1, 1, 0, 30, 1e-6),
        _ => new ProofParameters(workload, devices, rounds, 256, 384, 640, 1, 30, 1e-6),
    };

    private static byte[] Seeds(ProofParameters parameters) => [.. Enumerable.Range(0, parameters.SeedsLength).Select(i => (byte)(i * 3))];

    private static ProofOutcome Check(ProofRun run, byte[] seeds)
    {
        var drawn = UnitDraw.Draw(run.Parameters, new byte[UnitDraw.EntropyLength]);
        return ProofCheck.Check(run.Parameters, seeds, run.Roots, drawn, run.Open(drawn));
    }

    [Theory]
    [MemberData(nameof(Workloads))]
    public void A_run_passes_the_servers_check_on_one_device_and_on_two_at_once(Workload workload, int devices)
    {
        var parameters = ShapeOf(workload, devices);
        using var run = new ProofRun([Cpu, new CpuDevice("other", 1)], parameters);
        var seeds = Seeds(parameters);
        run.Complete(seeds, null, CancellationToken.None);
        Assert.Equal(ProofFault.None, Check(run, seeds).Fault);
    }

    [Theory]
    [MemberData(nameof(Workloads))]
    public void A_run_leaves_nothing_behind_that_spoils_the_next(Workload workload, int devices)
    {
        var parameters = ShapeOf(workload, devices);
        using var run = new ProofRun([Cpu, Cpu], parameters);
        run.Complete(Seeds(parameters), null, CancellationToken.None);
        byte[] seeds = [.. Seeds(parameters).Reverse()];
        run.Complete(seeds, null, CancellationToken.None);
        Assert.Equal(ProofFault.None, Check(run, seeds).Fault);
    }

    [Fact]
    public void All_kernels_and_any_number_of_cores_give_the_same_digests()
    {
        foreach (var workload in new[] { Workload.Int8Tiles, Workload.Bf16Tiles })
        {
            var parameters = ShapeOf(workload);
            var all = TileKernel.Supported.SelectMany(kernel => new[] { 1, 3 }.Select(cores =>
            {
                using var engine = new TilesEngine(kernel, parameters, cores);
                var digests = new ulong[parameters.UnitsPerRound];
                engine.Begin(0, new byte[32], digests);
                return digests;
            })).ToList();
            Assert.All(all, digests => Assert.Equal(all[0], digests));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void A_round_is_begun_as_soon_as_its_seed_can_be_known_and_no_sooner(int lag)
    {
        var parameters = new ProofParameters(Workload.Int8Tiles, 1, 6, 128, 128, 128, lag, 1, 0.5);
        var device = new RecordingDevice();
        using var run = new ProofRun([device], parameters);
        device.Steps.Clear();
        run.Complete(Seeds(parameters), null, CancellationToken.None);
        var begun = device.Steps.Select((step, at) => (step, at)).Where(s => s.step.StartsWith('b')).Select(s => s.at).ToList();
        var ended = device.Steps.Select((step, at) => (step, at)).Where(s => s.step.StartsWith('e')).Select(s => s.at).ToList();
        for (var t = 0; t < 6; t++)
        {
            var needed = t - 1 - lag;
            if (needed >= 0) Assert.True(ended[needed] < begun[t]);
            if (needed + 1 >= 0 && needed + 1 < t) Assert.True(begun[t] < ended[needed + 1]);
        }
    }

    [Fact]
    public void Progress_counts_every_round_of_every_device_and_cancellation_ends_between_rounds()
    {
        var parameters = ShapeOf(Workload.Fp64Chains, devices: 1, rounds: 10);
        using var run = new ProofRun([Cpu], parameters);
        using var cancellation = new CancellationTokenSource();
        var told = new List<int>();
        Assert.Throws<OperationCanceledException>(() => run.Complete(
            Seeds(parameters),
            round =>
            {
                told.Add(round);
                if (round == 4) cancellation.Cancel();
            },
            cancellation.Token));
        Assert.Equal([1, 2, 3, 4], told);
    }

    [Fact]
    public void A_device_that_fails_ends_the_part_with_its_own_reason()
    {
        var parameters = ShapeOf(Workload.Fp64Chains, devices: 2, rounds: 50);
        using var run = new ProofRun([new RecordingDevice { FailsAt = 3 }, Cpu], parameters);
        Assert.Equal("broken", Assert.Throws<InvalidOperationException>(() => run.Complete(Seeds(parameters), null, CancellationToken.None)).Message);
    }

    [Fact]
    public void More_devices_than_there_are_can_not_be_proven() =>
        Assert.Throws<NotSupportedException>(() => new ProofRun([Cpu], ShapeOf(Workload.Int8Tiles, devices: 2)));

    [Theory]
    [InlineData(Workload.Int8Tiles)]
    [InlineData(Workload.Bf16Tiles)]
    [InlineData(Workload.Fp64Chains)]
    [InlineData(Workload.MemoryPasses)]
    public void The_self_test_passes_here_and_sees_one_wrong_digest(Workload workload)
    {
        SelfTest.Run(Cpu, ShapeOf(workload));
        Assert.Throws<InvariantException>(() => SelfTest.Run(new RecordingDevice { Inner = Cpu, Spoils = true }, ShapeOf(workload)));
    }

    /// <summary>The worker's kernels, with and without vectors, against the server's way: kept memory against nothing but keys.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 1)]
    [InlineData(4, 5)]
    [InlineData(8, 16)]
    public void Passes_over_memory_give_the_servers_words_and_digests(int unitsInBlock, int mixes)
    {
        var words = MemoryBlock.Words / unitsInBlock;
        var (kept, portable, replayed) = (new ulong[words], new ulong[words], new ulong[words]);
        kept.AsSpan().Fill(77);
        ulong[] keys = [.. Enumerable.Range(0, 3).Select(pass => MemoryBlock.Key([.. Enumerable.Repeat((byte)pass, 32)]))];
        for (var pass = 0; pass < keys.Length; pass++)
        {
            var digest = MemoryKernel.Pass(kept, 9, keys[pass], mixes, isFirst: pass == 0);
            Assert.Equal(MemoryBlock.Replay(keys.AsSpan(0, pass + 1), mixes, 9, replayed), digest);
            Assert.Equal(digest, MemoryKernel.PassPortably(portable, 9, keys[pass], mixes, isFirst: pass == 0));
            Assert.Equal(replayed, kept);
            Assert.Equal(replayed, portable);
        }
    }

    /// <summary>As a processor is asked for its memory, on one core and on three.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_processors_memory_passes_the_servers_check(int cores)
    {
        var parameters = new ProofParameters(Workload.MemoryPasses, 1, 6, 3, 4, 7, 0, 30, 1e-6);
        using var run = new ProofRun([new CpuDevice("cpu", cores)], parameters);
        run.Complete(Seeds(parameters), null, CancellationToken.None);
        Assert.Equal(ProofFault.None, Check(run, Seeds(parameters)).Fault);
    }

    [Fact]
    public void Wide_chains_end_where_the_servers_do()
    {
        var (constants, wide, narrow) = (new double[192], new double[128], new double[128]);
        ChainBlock.Constants(new byte[32], constants);
        ChainBlock.Starts(new byte[32], 5, wide);
        wide.CopyTo(narrow, 0);
        ChainsEngine.RunBy512(constants, wide);
        ChainBlock.Run(constants, narrow);
        Assert.Equal(narrow, wide);
    }

    /// <summary>A device that writes down what it is told, and breaks or spoils where a test says so.</summary>
    private sealed class RecordingDevice : IDevice, IRoundEngine
    {
        private IRoundEngine? engine;

        public List<string> Steps { get; } = [];

        public CpuDevice? Inner { get; init; }

        public int FailsAt { get; init; } = -1;

        public bool Spoils { get; init; }

        public string Name => "recording";

        public string KernelPath => "none";

        public IRoundEngine Prepare(ProofParameters parameters)
        {
            engine = Inner?.Prepare(parameters);
            return this;
        }

        public void Begin(int round, ReadOnlySpan<byte> seed, ulong[] digests)
        {
            if (round == FailsAt) throw new InvalidOperationException("broken");
            Steps.Add($"b{round}");
            engine?.Begin(round, seed, digests);
            if (Spoils && round == 2) digests[^1] ^= 1;
        }

        public void End(int round) => Steps.Add($"e{round}");

        public void RunBare()
        {
        }

        public void Dispose() => engine?.Dispose();
    }
}
