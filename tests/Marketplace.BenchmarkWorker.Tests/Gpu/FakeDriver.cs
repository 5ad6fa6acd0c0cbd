using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Marketplace.BenchmarkWorker.Gpu.Driver;
using Marketplace.BenchmarkWorker.Tests.Ptx;

namespace Marketplace.BenchmarkWorker.Tests.Gpu;

/// <summary>
/// A driver without a device: memory is the interpreter's, kernels are interpreted, and work on a stream is done as late as the driver
/// may do it, when somebody waits for it. It keeps the driver's rules: nothing without a current context of the right device, a lost
/// context stays lost.
/// </summary>
internal sealed class FakeDriver(int devices) : ICudaDriver
{
    private const int InvalidContext = 201;
    private const int InvalidHandle = 400;
    private readonly ConcurrentDictionary<int, nint> currentByThread = new();
    private readonly FakeGpu[] gpus = [.. Enumerable.Range(0, devices).Select(i => new FakeGpu(i))];

    public int InitCode { get; init; }

    public (int Major, int Minor) ComputeCapability { get; init; } = (9, 0);

    /// <summary>Threads of a block run from the last to the first.</summary>
    public bool LastFirst { get; init; }

    public IReadOnlyList<FakeGpu> Gpus => gpus;

    public int Init() => InitCode;

    public int DriverVersion(out int version)
    {
        version = 12040;
        return CudaCode.Success;
    }

    public int DeviceCount(out int count)
    {
        count = gpus.Length;
        return CudaCode.Success;
    }

    public int Device(int ordinal, out int device)
    {
        device = ordinal;
        return CudaCode.Success;
    }

    public int DeviceName(int device, Span<byte> name)
    {
        Encoding.ASCII.GetBytes("Interpreter\0", name);
        return CudaCode.Success;
    }

    public int DeviceUuid(int device, Span<byte> uuid)
    {
        uuid[..16].Fill((byte)(device + 1));
        return CudaCode.Success;
    }

    public int DevicePciBusId(int device, Span<byte> id)
    {
        Encoding.ASCII.GetBytes($"0000:0{device}:00.0\0", id);
        return CudaCode.Success;
    }

    public int DeviceTotalMemory(int device, out nuint bytes)
    {
        bytes = (nuint)gpus[device].Memory.Capacity;
        return CudaCode.Success;
    }

    public int DeviceAttribute(int device, int attribute, out int value)
    {
        value = attribute switch
        {
            CudaAttribute.ComputeMajor => ComputeCapability.Major,
            CudaAttribute.ComputeMinor => ComputeCapability.Minor,
            CudaAttribute.Multiprocessors => 1,
            _ => 0,
        };
        return CudaCode.Success;
    }

    public int RetainPrimaryContext(int device, out nint context)
    {
        gpus[device].Retained++;
        context = device + 1;
        return CudaCode.Success;
    }

    public int ReleasePrimaryContext(int device)
    {
        gpus[device].Retained--;
        return CudaCode.Success;
    }

    public int SetCurrentContext(nint context)
    {
        currentByThread[Environment.CurrentManagedThreadId] = context;
        return context == 0 ? CudaCode.Success : gpus[context - 1].Lost;
    }

    public int LoadModule(ReadOnlySpan<byte> text, Span<byte> log, out nint module)
    {
        module = 0;
        if (Gpu is not { } gpu) return InvalidContext;
        try
        {
            module = gpu.Keep(PtxModule.Parse(Encoding.ASCII.GetString(text[..^1])));
            return CudaCode.Success;
        }
        catch (PtxException fault)
        {
            Encoding.ASCII.GetBytes(fault.Message.AsSpan(0, Math.Min(fault.Message.Length, log.Length - 1)), log);
            return CudaCode.InvalidPtx;
        }
    }

    public int UnloadModule(nint module) => Gpu?.Drop(module) ?? InvalidContext;

    public int Function(nint module, string name, out nint function)
    {
        function = 0;
        if (Gpu is not { } gpu) return InvalidContext;
        if (gpu.Kept(module) is not PtxModule known) return InvalidHandle;
        if (!known.Kernels.TryGetValue(name, out var kernel)) return CudaCode.NotFound;
        function = gpu.Functions(kernel);
        return CudaCode.Success;
    }

    public int Allocate(nuint bytes, out ulong address)
    {
        address = 0;
        if (Gpu is not { } gpu) return InvalidContext;
        address = gpu.Memory.Allocate(bytes);
        return address == 0 ? CudaCode.OutOfMemory : CudaCode.Success;
    }

    // As the driver does it: all work is finished first.
    public int Free(ulong address) => Gpu is not { } gpu ? InvalidContext : gpu.Finish(int.MaxValue) is var code && gpu.Memory.Release(address) ? code : 1;

    public unsafe int AllocatePinned(nuint bytes, out nint address)
    {
        address = 0;
        if (Gpu is not { } gpu) return InvalidContext;
        address = (nint)NativeMemory.AllocZeroed(bytes);
        gpu.Pinned.Add(address);
        return CudaCode.Success;
    }

    public unsafe int FreePinned(nint address)
    {
        if (Gpu is not { } gpu) return InvalidContext;
        if (!gpu.Pinned.Remove(address)) return 1;
        NativeMemory.Free((void*)address);
        return CudaCode.Success;
    }

    public unsafe int CopyToDevice(ulong to, nint from, nuint bytes, nint stream) =>
        Queue(stream, gpu => new ReadOnlySpan<byte>((void*)gpu.StillPinned(from), (int)bytes).CopyTo(gpu.Memory.Bytes(to, bytes)));

    public unsafe int CopyToHost(nint to, ulong from, nuint bytes, nint stream) =>
        Queue(stream, gpu => gpu.Memory.Bytes(from, bytes).CopyTo(new Span<byte>((void*)gpu.StillPinned(to), (int)bytes)));

    public int CopyOnDevice(ulong to, ulong from, nuint bytes, nint stream) =>
        Queue(stream, gpu => gpu.Memory.Bytes(from, bytes).ToArray().CopyTo(gpu.Memory.Bytes(to, bytes)));

    public int CreateStream(out nint stream)
    {
        stream = Current;
        return Gpu is null ? InvalidContext : CudaCode.Success;
    }

    public int DestroyStream(nint stream) => CudaCode.Success;

    public int SynchronizeStream(nint stream) => Gpu?.Finish(int.MaxValue) ?? InvalidContext;

    public int CreateEvent(out nint handle)
    {
        handle = Gpu?.Keep(new StrongBox<int>()) ?? 0;
        return Gpu is null ? InvalidContext : CudaCode.Success;
    }

    public int DestroyEvent(nint handle) => Gpu?.Drop(handle) ?? InvalidContext;

    public int RecordEvent(nint handle, nint stream)
    {
        if (Gpu is not { } gpu || stream != Current) return InvalidContext;
        if (gpu.Kept(handle) is not StrongBox<int> mark) return InvalidHandle;
        mark.Value = gpu.Queued;
        return CudaCode.Success;
    }

    public int SynchronizeEvent(nint handle) =>
        Gpu is not { } gpu ? InvalidContext : gpu.Kept(handle) is StrongBox<int> mark ? gpu.Finish(mark.Value) : InvalidHandle;

    public int ElapsedTime(nint from, nint to, out float milliseconds)
    {
        milliseconds = 1;
        return CudaCode.Success;
    }

    public int Launch(nint function, uint gridX, uint gridY, uint threads, nint stream, ReadOnlySpan<ulong> arguments)
    {
        if (Gpu is not { } gpu || stream != Current) return InvalidContext;
        if (gpu.Kept(function) is not PtxKernel kernel) return InvalidHandle;
        var values = arguments.ToArray();
        for (var i = 0; i < values.Length; i++) if (kernel.Parameters[i].Type.Size() == 4) values[i] = (uint)(values[i] & uint.MaxValue);
        gpu.Launches.Add(kernel.Name);
        return Queue(stream, g => PtxMachine.Launch(kernel, g.Memory, ((int)gridX, (int)gridY), (int)threads, values, LastFirst));
    }

    public string ErrorName(int code) => $"CUDA_ERROR_{code}";

    /// <summary>Queues other work: what a library does on our stream.</summary>
    public int Queue(nint stream, Action<FakeGpu> work)
    {
        if (Gpu is not { } gpu || stream != Current) return InvalidContext;
        gpu.Queue(work);
        return CudaCode.Success;
    }

    private nint Current => currentByThread.GetValueOrDefault(Environment.CurrentManagedThreadId);

    private FakeGpu? Gpu => Current is > 0 and var context ? gpus[context - 1] : null;
}

/// <summary>A device of the fake driver. Used by one thread at a time, as a context's owner uses it.</summary>
internal sealed class FakeGpu(int index)
{
    private readonly List<object?> handles = [];
    private readonly Queue<Action<FakeGpu>> queue = new();
    private int done;

    public int Index { get; } = index;

    public PtxMemory Memory { get; set; } = new(64 << 20);

    public List<nint> Pinned { get; } = [];

    public List<string> Launches { get; } = [];

    public int Retained { get; set; }

    /// <summary>The fault that every call gives, once a kernel went wrong.</summary>
    public int Lost { get; set; }

    public int Queued { get; private set; }

    /// <summary>Modules and events that were made and not given back.</summary>
    public int OpenHandles => handles.Count(handle => handle is PtxModule or StrongBox<int>);

    public nint Keep(object value)
    {
        handles.Add(value);
        return handles.Count;
    }

    public nint Functions(PtxKernel kernel) => Keep(kernel);

    public object? Kept(nint handle) => handle > 0 && handle <= handles.Count ? handles[(int)handle - 1] : null;

    public int Drop(nint handle)
    {
        if (Kept(handle) is null) return 400;
        handles[(int)handle - 1] = null;
        return CudaCode.Success;
    }

    public void Queue(Action<FakeGpu> work)
    {
        queue.Enqueue(work);
        Queued++;
    }

    /// <summary>Memory of the host that a copy is about to use.</summary>
    public nint StillPinned(nint address) => Pinned.Contains(address) ? address : throw new PtxException("A copy's memory on the host was given back before it was done.");

    /// <summary>Does queued work up to a mark.</summary>
    public int Finish(int mark)
    {
        while (Lost == 0 && done < mark && queue.TryDequeue(out var work))
        {
            done++;
            try
            {
                work(this);
            }
            catch (PtxMemoryException)
            {
                Lost = CudaCode.IllegalAddress;
            }
        }

        return Lost;
    }
}
