namespace Marketplace.BenchmarkWorker.Gpu.Driver;

/// <summary>
/// The functions of NVIDIA's driver that we use, each as it stands in cuda.h but for names. All return a result code (see
/// <see cref="CudaCode"/>); work on a stream returns before it is done and may report an earlier fault. Most want a current context,
/// which belongs to the calling thread.
/// </summary>
/// <remarks>An interface so that tests can put an interpreter of our kernels in the driver's place: no machine of ours has a GPU.</remarks>
internal interface ICudaDriver
{
    /// <summary>cuInit: once before all else.</summary>
    int Init();

    /// <summary>cuDriverGetVersion: 12040 is CUDA 12.4.</summary>
    int DriverVersion(out int version);

    /// <summary>cuDeviceGetCount.</summary>
    int DeviceCount(out int count);

    /// <summary>cuDeviceGet: the handle of a device by its number.</summary>
    int Device(int ordinal, out int device);

    /// <summary>cuDeviceGetName, zero-terminated.</summary>
    int DeviceName(int device, Span<byte> name);

    /// <summary>cuDeviceGetUuid_v2, 16 bytes; the slice's own under MIG.</summary>
    int DeviceUuid(int device, Span<byte> uuid);

    /// <summary>cuDeviceGetPCIBusId, zero-terminated.</summary>
    int DevicePciBusId(int device, Span<byte> id);

    /// <summary>cuDeviceTotalMem.</summary>
    int DeviceTotalMemory(int device, out nuint bytes);

    /// <summary>cuDeviceGetAttribute (see <see cref="CudaAttribute"/>).</summary>
    int DeviceAttribute(int device, int attribute, out int value);

    /// <summary>cuDevicePrimaryCtxRetain: the one context that cuBLAS uses too.</summary>
    int RetainPrimaryContext(int device, out nint context);

    /// <summary>cuDevicePrimaryCtxRelease.</summary>
    int ReleasePrimaryContext(int device);

    /// <summary>cuCtxSetCurrent, for the calling thread.</summary>
    int SetCurrentContext(nint context);

    /// <summary>cuModuleLoadDataEx of a zero-terminated PTX text; the log receives what the driver's compiler complains of.</summary>
    int LoadModule(ReadOnlySpan<byte> text, Span<byte> log, out nint module);

    /// <summary>cuModuleUnload.</summary>
    int UnloadModule(nint module);

    /// <summary>cuModuleGetFunction.</summary>
    int Function(nint module, string name, out nint function);

    /// <summary>cuMemAlloc.</summary>
    int Allocate(nuint bytes, out ulong address);

    /// <summary>cuMemFree.</summary>
    int Free(ulong address);

    /// <summary>cuMemHostAlloc: memory of the host that the device copies from and to at full speed.</summary>
    int AllocatePinned(nuint bytes, out nint address);

    /// <summary>cuMemFreeHost.</summary>
    int FreePinned(nint address);

    /// <summary>cuMemcpyHtoDAsync.</summary>
    int CopyToDevice(ulong to, nint from, nuint bytes, nint stream);

    /// <summary>cuMemcpyDtoHAsync.</summary>
    int CopyToHost(nint to, ulong from, nuint bytes, nint stream);

    /// <summary>cuMemcpyDtoDAsync.</summary>
    int CopyOnDevice(ulong to, ulong from, nuint bytes, nint stream);

    /// <summary>cuStreamCreate, not blocked by the default stream.</summary>
    int CreateStream(out nint stream);

    /// <summary>cuStreamDestroy.</summary>
    int DestroyStream(nint stream);

    /// <summary>cuStreamSynchronize.</summary>
    int SynchronizeStream(nint stream);

    /// <summary>cuEventCreate.</summary>
    int CreateEvent(out nint handle);

    /// <summary>cuEventDestroy.</summary>
    int DestroyEvent(nint handle);

    /// <summary>cuEventRecord.</summary>
    int RecordEvent(nint handle, nint stream);

    /// <summary>cuEventSynchronize.</summary>
    int SynchronizeEvent(nint handle);

    /// <summary>cuEventElapsedTime.</summary>
    int ElapsedTime(nint from, nint to, out float milliseconds);

    /// <summary>cuLaunchKernel with blocks of one dimension and no dynamic shared memory.</summary>
    /// <param name="function">The kernel.</param>
    /// <param name="gridX">Blocks across.</param>
    /// <param name="gridY">Blocks down.</param>
    /// <param name="threads">Threads per block.</param>
    /// <param name="stream">Where to queue it.</param>
    /// <param name="arguments">One per parameter; a 32-bit parameter takes the low half.</param>
    int Launch(nint function, uint gridX, uint gridY, uint threads, nint stream, ReadOnlySpan<ulong> arguments);

    /// <summary>cuGetErrorName, or the number where the driver knows no name.</summary>
    string ErrorName(int code);
}
