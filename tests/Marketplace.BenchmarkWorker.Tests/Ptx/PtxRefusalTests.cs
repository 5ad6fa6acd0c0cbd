namespace Marketplace.BenchmarkWorker.Tests.Ptx;

/// <summary>The interpreter is only worth something if it refuses what a driver's compiler refuses and sees what a device would do wrong.</summary>
public sealed class PtxRefusalTests
{
    private static PtxModule Module(string body, string head = ".version 7.0\n.target sm_80\n.address_size 64\n") => PtxModule.Parse($$"""
        {{head}}
        .visible .entry kernel(.param .u64 out)
        {
            .reg .u32 %a, %b;
            .reg .u64 %at, %wide;
            .reg .f32 %f;
            .reg .f64 %d;
            .reg .b32 %m<4>;
            .reg .pred %p;
            .shared .align 16 .b8 shared[256];
            ld.param.u64 %at, [out];
            mov.u32 %a, %tid.x;
            {{body}}
            ret;
        }
        """);

    [Theory]
    [InlineData("add.u32 %a, %a, %missing;", "no register")]
    [InlineData("add.u32 %a, %a;", "operands are wanted")]
    [InlineData("add.u32 %a, %a, %wide;", "U32 is wanted")]
    [InlineData("add.u64 %wide, %wide, %d;", "U64 is wanted")]
    [InlineData("add.u32 %a, %a, 0x100000000;", "does not fit")]
    [InlineData("add.u32 %a, %a, 0f3f800000;", "is no U32")]
    [InlineData("mul.u32 %a, %a, %b;", "unknown opcode")]
    [InlineData("mul.lo.u32.wrap %a, %a, %b;", "unknown opcode")]
    [InlineData("fma.f64 %d, %d, %d, %d;", "unknown opcode")]
    [InlineData("setp.lt.u32 %a, %a, %b;", "Pred is wanted")]
    [InlineData("@%a bra END;", "Pred is wanted")]
    [InlineData("bra NOWHERE;", "no label")]
    [InlineData("ld.param.u32 %a, [out];", "no parameter")]
    [InlineData("ld.global.u32 %a, [%b];", "U64 is wanted")]
    [InlineData("st.shared.u32 [%at], %a;", "U32 is wanted")]
    [InlineData("ld.global.v4.u64 {%at, %wide, %at, %wide}, [%at];", "16 bytes at most")]
    [InlineData("ld.global.v2.u32 {%a}, [%at];", "2 registers are wanted")]
    [InlineData("mov.u64 %wide, %tid.x;", "no register")]
    [InlineData("mov.u32 %a, %laneid;", "is not used here")]
    [InlineData("not.b32 %a, %a;", "unknown opcode")]
    [InlineData("cp.async.ca.shared.global [%a], [%at], 16;", "unknown opcode")]
    [InlineData("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%f, %f, %f, %f}, {%m0, %m1, %m2, %m3}, {%m0}, {%f, %f, %f, %f};", "2 registers are wanted")]
    [InlineData("@%p bar.sync 0;", "never guarded")]
    [InlineData(".reg .u32 %a;", "stands twice")]
    [InlineData(".reg .u32 %laneid;", "the ISA's own")]
    [InlineData(".reg .u33 %c;", "is no type")]
    [InlineData(".shared .align 16 .b8 more[49152];", "48 KiB")]
    public void What_the_grammar_does_not_allow_is_refused(string body, string why) =>
        Assert.Contains(why, Assert.Throws<PtxException>(() => Module(body)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(".version 6.5\n.target sm_80\n.address_size 64\n")]
    [InlineData(".version 7.0\n.target sm_75\n.address_size 64\n")]
    [InlineData(".version 7.0\n.target sm_80\n")]
    public void A_header_that_does_not_allow_the_instructions_is_refused(string head) => Assert.Throws<PtxException>(() => Module(string.Empty, head));

    [Theory]
    [InlineData("shl.b32 %b, %a, 2; mov.u32 %m0, shared; add.u32 %b, %b, %m0; st.shared.u32 [%b], %a; xor.b32 %b, %b, 4; ld.shared.u32 %a, [%b];", "no barrier lies between")]
    [InlineData("mov.u32 %b, shared; st.shared.u32 [%b], %a;", "both write")]
    [InlineData("setp.lt.u32 %p, %a, 16; @%p bra PAST; bar.sync 0; PAST: add.u32 %a, %a, 1;", "wait at a barrier")]
    [InlineData("mov.u32 %b, shared; setp.lt.u32 %p, %a, 16; @%p bra PAST; ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%m0, %m1, %m2, %m3}, [%b]; PAST: add.u32 %a, %a, 1;", "not all 32 threads")]
    public void Threads_that_get_in_each_others_way_are_found(string body, string why) =>
        Assert.Contains(why, Assert.Throws<PtxException>(() => Run(Module(body))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("st.global.u32 [%at+64], %a;")]
    [InlineData("st.global.u32 [%at+2], %a;")]
    [InlineData("mov.u32 %b, shared; ld.shared.u32 %a, [%b+256];")]
    public void What_a_device_would_trap_is_trapped(string body) => Assert.Throws<PtxMemoryException>(() => Run(Module(body)));

    [Fact]
    public void A_copy_that_is_not_waited_for_has_not_arrived()
    {
        var memory = new PtxMemory(1 << 20);
        var at = memory.Allocate(64);
        memory.Write(at, 8, 7);
        const string copy = "mov.u32 %b, shared; setp.ne.u32 %p, %a, 0; @%p bra END; cp.async.cg.shared.global [%b], [%at], 16; cp.async.commit_group; {0} ld.shared.u32 %a, [%b]; st.global.u32 [%at+32], %a; {1} END: add.u32 %a, %a, 1;";
        PtxMachine.Launch(Module(string.Format(null, copy, "cp.async.wait_group 0;", "")).Kernels["kernel"], memory, (1, 1), 32, [at], false);
        Assert.Equal(7u, memory.Read(at + 32, 4));
        PtxMachine.Launch(Module(string.Format(null, copy, "", "cp.async.wait_group 0;")).Kernels["kernel"], memory, (1, 1), 32, [at], false);
        Assert.NotEqual(7u, memory.Read(at + 32, 4));
    }

    private static void Run(PtxModule module)
    {
        var memory = new PtxMemory(1 << 20);
        PtxMachine.Launch(module.Kernels["kernel"], memory, (1, 1), 32, [memory.Allocate(64)], lastFirst: false);
    }
}
