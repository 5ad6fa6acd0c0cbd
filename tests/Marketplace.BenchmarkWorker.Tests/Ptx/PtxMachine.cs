using System.Buffers.Binary;

namespace Marketplace.BenchmarkWorker.Tests.Ptx;

/// <summary>One thread of a block.</summary>
internal sealed class PtxThread(PtxBlock block, int index, int registers)
{
    public PtxBlock Block { get; } = block;

    public int Index { get; } = index;

    public ulong[] Registers { get; } = new ulong[registers];

    public int Next { get; set; }

    public bool HasExited { get; set; }

    /// <summary>Copies begun since the last group was closed.</summary>
    public List<(ulong To, ulong From)> Copies { get; } = [];

    /// <summary>Groups of copies under way.</summary>
    public Queue<(ulong To, ulong From)[]> Groups { get; } = new();
}

/// <summary>What all threads of a block see.</summary>
internal sealed record PtxBlock(PtxMemory Memory, PtxShared Shared, ulong[] Arguments, int Threads, int X, int Y, int GridX, int GridY);

/// <summary>
/// Shared memory that finds races: between two barriers, no byte may be written by one thread and touched by another. Words are
/// watched, four bytes each.
/// </summary>
internal sealed class PtxShared(int bytes)
{
    private const int Nobody = -1;
    private const int Several = -2;
    private readonly byte[] content = new byte[bytes];
    private readonly int[] writers = New(bytes);
    private readonly int[] readers = New(bytes);

    private static int[] New(int bytes)
    {
        var words = new int[(bytes + 3) / 4];
        Array.Fill(words, Nobody);
        return words;
    }

    /// <summary>A barrier: what was written before may be read by anybody.</summary>
    public void Meet()
    {
        Array.Fill(writers, Nobody);
        Array.Fill(readers, Nobody);
    }

    public ulong Read(ulong at, int size, int thread)
    {
        for (var word = Word(at, size); word < ((int)at + size + 3) / 4; word++)
        {
            if (writers[word] != Nobody && writers[word] != thread) throw new PtxException($"Thread {thread} reads what thread {writers[word]} writes at {at}, and no barrier lies between.");
            readers[word] = readers[word] == Nobody || readers[word] == thread ? thread : Several;
        }

        return size == 4 ? BinaryPrimitives.ReadUInt32LittleEndian(content.AsSpan((int)at)) : BinaryPrimitives.ReadUInt64LittleEndian(content.AsSpan((int)at));
    }

    public void Write(ulong at, int size, ulong value, int thread)
    {
        Claim(at, size, thread);
        if (size == 4) BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan((int)at), (uint)value);
        else BinaryPrimitives.WriteUInt64LittleEndian(content.AsSpan((int)at), value);
    }

    /// <summary>Says that a thread writes here, now or while a copy is under way.</summary>
    public void Claim(ulong at, int size, int thread)
    {
        for (var word = Word(at, size); word < ((int)at + size + 3) / 4; word++)
        {
            if (writers[word] != Nobody && writers[word] != thread) throw new PtxException($"Threads {thread} and {writers[word]} both write at {at}.");
            if (readers[word] != Nobody && readers[word] != thread) throw new PtxException($"Thread {thread} writes at {at} what another reads, and no barrier lies between.");
            writers[word] = thread;
        }
    }

    private int Word(ulong at, int size) => at + (ulong)size <= (ulong)content.Length
        ? (int)at / 4
        : throw new PtxMemoryException($"{at} is outside the block's {content.Length} bytes.");
}

/// <summary>
/// Runs kernels as the ISA says, block by block. Threads of a block run one after another from meeting to meeting, first to last or
/// last to first: a kernel that depends on which is wrong.
/// </summary>
internal static class PtxMachine
{
    /// <summary>Registers and shared memory begin with this: a kernel that reads before writing computes nonsense.</summary>
    private const ulong Garbage = 0xdeadbeef;

    public static void Launch(PtxKernel kernel, PtxMemory memory, (int X, int Y) grid, int threads, ulong[] arguments, bool lastFirst)
    {
        PtxModule.Require(threads <= kernel.MaxThreads && threads > 0, $"{threads} threads are more than {kernel.Name} allows.");
        PtxModule.Require(arguments.Length == kernel.Parameters.Count, "There is one argument per parameter.");
        for (var block = 0; block < grid.X * grid.Y; block++)
        {
            var shared = new PtxShared(kernel.SharedBytes);
            RunBlock(kernel, new PtxBlock(memory, shared, arguments, threads, block % grid.X, block / grid.X, grid.X, grid.Y), lastFirst);
        }
    }

    private static void RunBlock(PtxKernel kernel, PtxBlock block, bool lastFirst)
    {
        var threads = Enumerable.Range(0, block.Threads).Select(i => new PtxThread(block, i, kernel.Registers.Count)).ToArray();
        foreach (var thread in threads) Array.Fill(thread.Registers, Garbage);
        PtxThread[][] warps = [.. threads.Chunk(32)];
        PtxThread[] order = lastFirst ? [.. threads.Reverse()] : threads;
        while (!threads.All(thread => thread.HasExited))
        {
            foreach (var thread in order) RunAlone(kernel, thread);
            var met = warps.Count(warp => RunTogether(kernel, warp));
            if (met > 0 || threads.All(thread => thread.HasExited)) continue;
            Meet(kernel, threads);
        }

        foreach (var thread in threads) PtxModule.Require(thread.Copies.Count == 0 && thread.Groups.All(group => group.Length == 0), $"{kernel.Name} ends with copies under way.");
    }

    private static void RunAlone(PtxKernel kernel, PtxThread thread)
    {
        while (!thread.HasExited)
        {
            var instruction = kernel.Instructions[thread.Next];
            if (instruction.Meeting != PtxMeeting.None) return;
            thread.Next++;
            if (IsTaken(instruction, thread)) instruction.Run!(thread);
        }
    }

    private static bool RunTogether(PtxKernel kernel, PtxThread[] warp)
    {
        if (warp.FirstOrDefault(thread => !thread.HasExited && kernel.Instructions[thread.Next].Meeting == PtxMeeting.Warp) is not { Next: var next }) return false;
        var instruction = kernel.Instructions[next];
        PtxModule.Require(warp.Length == 32 && warp.All(thread => !thread.HasExited && thread.Next == next), $"'{instruction.Text}': not all 32 threads of the warp are here.");
        PtxModule.Require(instruction.Guard is null, $"'{instruction.Text}': the whole warp does it or none.");
        instruction.RunWarp!(warp);
        foreach (var thread in warp) thread.Next++;
        return true;
    }

    private static void Meet(PtxKernel kernel, PtxThread[] threads)
    {
        var next = threads[0].Next;
        PtxModule.Require(threads.All(thread => !thread.HasExited && thread.Next == next), $"{kernel.Name}: some threads of a block wait at a barrier that others never reach.");
        threads[0].Block.Shared.Meet();
        foreach (var thread in threads) thread.Next++;
    }

    private static bool IsTaken(PtxInstruction instruction, PtxThread thread) =>
        instruction.Guard is not { } guard || (thread.Registers[guard] != 0) != instruction.GuardNegated;
}
