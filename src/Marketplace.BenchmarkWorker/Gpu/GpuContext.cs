using System.Text;
using Marketplace.BenchmarkWorker.Gpu.Driver;

namespace Marketplace.BenchmarkWorker.Gpu;

/// <summary>
/// One device in use: its primary context, one stream on which everything happens in order, and the check of every result code. A
/// fault that loses the context is remembered, and from then on every use says so at once, without asking the driver again.
/// </summary>
internal sealed class GpuContext : IDisposable
{
    private readonly int device;
    private string? lost;

    /// <summary>Takes the device's primary context and makes a stream.</summary>
    /// <exception cref="GpuException">The driver refuses.</exception>
    public GpuContext(ICudaDriver driver, int device)
    {
        Driver = driver;
        this.device = device;
        Check(driver.RetainPrimaryContext(device, out var context), "take the device's context");
        Handle = context;
        MakeCurrent();
        Check(driver.CreateStream(out var stream), "make a stream");
        Stream = stream;
    }

    /// <summary>The driver.</summary>
    public ICudaDriver Driver { get; }

    /// <summary>The driver's handle of the context.</summary>
    public nint Handle { get; }

    /// <summary>The stream of all work.</summary>
    public nint Stream { get; }

    /// <summary>Makes the context the calling thread's. Every public method of an engine begins with this.</summary>
    public void MakeCurrent()
    {
        if (lost is not null) throw new GpuException(lost, contextIsLost: true);
        Check(Driver.SetCurrentContext(Handle), "make the context current");
    }

    /// <summary>Goes on only if a call succeeded.</summary>
    /// <exception cref="NotSupportedException">The device has not the memory.</exception>
    /// <exception cref="GpuException">Anything else went wrong.</exception>
    public void Check(int code, string what)
    {
        if (code == CudaCode.Success) return;
        var text = $"The GPU's driver could not {what}: {Driver.ErrorName(code)}.";
        if (code == CudaCode.OutOfMemory) throw new NotSupportedException(text);
        if (!CudaCode.LosesContext(code)) throw new GpuException(text, contextIsLost: false);
        lost = text + " The device can't be used any more in this process; restart the worker.";
        throw new GpuException(lost, contextIsLost: true);
    }

    /// <summary>Compiles a PTX text.</summary>
    /// <exception cref="GpuException">The driver's compiler refuses it; the message has its log.</exception>
    public GpuModule Load(string text)
    {
        Span<byte> log = stackalloc byte[4096];
        log.Clear();
        var code = Driver.LoadModule(Encoding.ASCII.GetBytes(text + "\0"), log, out var module);
        var end = log.IndexOf((byte)0);
        Check(code, "compile a kernel (" + Encoding.ASCII.GetString(log[..(end < 0 ? log.Length : end)]).Trim() + ")");
        return new GpuModule(this, module);
    }

    /// <summary>Memory on the device.</summary>
    /// <exception cref="NotSupportedException">There is not enough.</exception>
    public DeviceMemory Allocate(long bytes)
    {
        Check(Driver.Allocate((nuint)bytes, out var address), $"give {bytes} bytes of memory");
        return new DeviceMemory(this, address, bytes);
    }

    /// <summary>Memory of the host that the device copies to.</summary>
    /// <exception cref="NotSupportedException">There is not enough.</exception>
    public PinnedMemory AllocatePinned(long bytes)
    {
        Check(Driver.AllocatePinned((nuint)bytes, out var address), $"pin {bytes} bytes of memory");
        return new PinnedMemory(this, address, bytes);
    }

    /// <summary>Waits until all that was queued is done.</summary>
    public void Wait() => Check(Driver.SynchronizeStream(Stream), "finish its work");

    /// <summary>An event that others can wait for.</summary>
    public GpuEvent CreateEvent()
    {
        Check(Driver.CreateEvent(out var handle), "make an event");
        return new GpuEvent(this, handle);
    }

    /// <summary>Milliseconds that work on the stream takes, by the device's own clock: to compare with, never a proof.</summary>
    public double MeasureMilliseconds(Action work)
    {
        using var start = CreateEvent();
        using var end = CreateEvent();
        start.Record();
        work();
        end.Record();
        end.Wait();
        Check(Driver.ElapsedTime(start.Handle, end.Handle, out var milliseconds), "say how long it took");
        return milliseconds;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Codes are not looked at: a lost context gives its fault here too, and nothing is left to do about it.
        _ = Driver.SetCurrentContext(Handle);
        _ = Driver.DestroyStream(Stream);
        _ = Driver.ReleasePrimaryContext(device);
    }
}

/// <summary>Compiled kernels.</summary>
internal sealed class GpuModule(GpuContext context, nint handle) : IDisposable
{
    /// <summary>A kernel by name.</summary>
    public GpuKernel Kernel(string name)
    {
        context.Check(context.Driver.Function(handle, name, out var function), $"find the kernel '{name}'");
        return new GpuKernel(context, function, name);
    }

    /// <inheritdoc/>
    public void Dispose() => _ = context.Driver.UnloadModule(handle);
}

/// <summary>A compiled kernel; its module must live as long.</summary>
internal sealed class GpuKernel(GpuContext context, nint function, string name)
{
    /// <summary>Queues the kernel.</summary>
    /// <param name="gridX">Blocks across.</param>
    /// <param name="gridY">Blocks down.</param>
    /// <param name="threads">Threads per block.</param>
    /// <param name="arguments">One per parameter of the kernel, in order; checked by nobody, so they stand next to the kernel's text.</param>
    public void Launch(int gridX, int gridY, int threads, params ReadOnlySpan<ulong> arguments) =>
        context.Check(context.Driver.Launch(function, (uint)gridX, (uint)gridY, (uint)threads, context.Stream, arguments), $"start the kernel '{name}'");
}

/// <summary>Memory on the device.</summary>
internal sealed class DeviceMemory(GpuContext context, ulong address, long bytes) : IDisposable
{
    /// <summary>Where it begins, for the device.</summary>
    public ulong Address { get; } = address;

    /// <summary>How long it is.</summary>
    public long Bytes { get; } = bytes;

    /// <inheritdoc/>
    public void Dispose() => _ = context.Driver.Free(Address);
}

/// <summary>Memory of the host that the device copies from and to at full speed.</summary>
internal sealed unsafe class PinnedMemory(GpuContext context, nint address, long bytes) : IDisposable
{
    /// <summary>Where it begins, for the host.</summary>
    public nint Address { get; } = address;

    /// <summary>How long it is.</summary>
    public long Bytes { get; } = bytes;

    /// <summary>The content as 64-bit words.</summary>
    public Span<ulong> Words => new((void*)Address, checked((int)(Bytes / 8)));

    /// <inheritdoc/>
    public void Dispose() => _ = context.Driver.FreePinned(Address);
}

/// <summary>A mark on the stream.</summary>
internal sealed class GpuEvent(GpuContext context, nint handle) : IDisposable
{
    /// <summary>The driver's handle.</summary>
    public nint Handle { get; } = handle;

    /// <summary>Sets the mark behind all that was queued so far.</summary>
    public void Record() => context.Check(context.Driver.RecordEvent(Handle, context.Stream), "mark its work");

    /// <summary>Waits until the device has passed the mark.</summary>
    public void Wait() => context.Check(context.Driver.SynchronizeEvent(Handle), "finish its work");

    /// <inheritdoc/>
    public void Dispose() => _ = context.Driver.DestroyEvent(Handle);
}
