using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Marketplace.BenchmarkWorker.Gpu.Driver;

/// <summary>
/// NVIDIA's driver, found by its soname. Every symbol is the version that cuda.h gives the plain name since CUDA 11, and the driver
/// keeps them all; a driver too old to have one counts as none.
/// </summary>
internal sealed unsafe class LibCuda : ICudaDriver
{
    private const string Soname = "libcuda.so.1";
    private const uint NonBlockingStream = 1;
    private const int ErrorLog = 5;
    private const int ErrorLogBytes = 6;

    private readonly delegate* unmanaged<uint, int> init;
    private readonly delegate* unmanaged<int*, int> driverVersion;
    private readonly delegate* unmanaged<int*, int> deviceCount;
    private readonly delegate* unmanaged<int*, int, int> device;
    private readonly delegate* unmanaged<byte*, int, int, int> deviceName;
    private readonly delegate* unmanaged<byte*, int, int> deviceUuid;
    private readonly delegate* unmanaged<byte*, int, int, int> devicePciBusId;
    private readonly delegate* unmanaged<nuint*, int, int> deviceTotalMemory;
    private readonly delegate* unmanaged<int*, int, int, int> deviceAttribute;
    private readonly delegate* unmanaged<nint*, int, int> retainPrimaryContext;
    private readonly delegate* unmanaged<int, int> releasePrimaryContext;
    private readonly delegate* unmanaged<nint, int> setCurrentContext;
    private readonly delegate* unmanaged<nint*, byte*, uint, int*, void**, int> loadModule;
    private readonly delegate* unmanaged<nint, int> unloadModule;
    private readonly delegate* unmanaged<nint*, nint, byte*, int> function;
    private readonly delegate* unmanaged<ulong*, nuint, int> allocate;
    private readonly delegate* unmanaged<ulong, int> free;
    private readonly delegate* unmanaged<nint*, nuint, uint, int> allocatePinned;
    private readonly delegate* unmanaged<nint, int> freePinned;
    private readonly delegate* unmanaged<ulong, nint, nuint, nint, int> copyToDevice;
    private readonly delegate* unmanaged<nint, ulong, nuint, nint, int> copyToHost;
    private readonly delegate* unmanaged<ulong, ulong, nuint, nint, int> copyOnDevice;
    private readonly delegate* unmanaged<nint*, uint, int> createStream;
    private readonly delegate* unmanaged<nint, int> destroyStream;
    private readonly delegate* unmanaged<nint, int> synchronizeStream;
    private readonly delegate* unmanaged<nint*, uint, int> createEvent;
    private readonly delegate* unmanaged<nint, int> destroyEvent;
    private readonly delegate* unmanaged<nint, nint, int> recordEvent;
    private readonly delegate* unmanaged<nint, int> synchronizeEvent;
    private readonly delegate* unmanaged<float*, nint, nint, int> elapsedTime;
    private readonly delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int> launch;
    private readonly delegate* unmanaged<int, byte**, int> errorName;

    private LibCuda(nint library)
    {
        nint Symbol(string name) => NativeLibrary.GetExport(library, name);
        init = (delegate* unmanaged<uint, int>)Symbol("cuInit");
        driverVersion = (delegate* unmanaged<int*, int>)Symbol("cuDriverGetVersion");
        deviceCount = (delegate* unmanaged<int*, int>)Symbol("cuDeviceGetCount");
        device = (delegate* unmanaged<int*, int, int>)Symbol("cuDeviceGet");
        deviceName = (delegate* unmanaged<byte*, int, int, int>)Symbol("cuDeviceGetName");
        deviceUuid = (delegate* unmanaged<byte*, int, int>)(NativeLibrary.TryGetExport(library, "cuDeviceGetUuid_v2", out var uuid) ? uuid : Symbol("cuDeviceGetUuid"));
        devicePciBusId = (delegate* unmanaged<byte*, int, int, int>)Symbol("cuDeviceGetPCIBusId");
        deviceTotalMemory = (delegate* unmanaged<nuint*, int, int>)Symbol("cuDeviceTotalMem_v2");
        deviceAttribute = (delegate* unmanaged<int*, int, int, int>)Symbol("cuDeviceGetAttribute");
        retainPrimaryContext = (delegate* unmanaged<nint*, int, int>)Symbol("cuDevicePrimaryCtxRetain");
        releasePrimaryContext = (delegate* unmanaged<int, int>)Symbol("cuDevicePrimaryCtxRelease_v2");
        setCurrentContext = (delegate* unmanaged<nint, int>)Symbol("cuCtxSetCurrent");
        loadModule = (delegate* unmanaged<nint*, byte*, uint, int*, void**, int>)Symbol("cuModuleLoadDataEx");
        unloadModule = (delegate* unmanaged<nint, int>)Symbol("cuModuleUnload");
        function = (delegate* unmanaged<nint*, nint, byte*, int>)Symbol("cuModuleGetFunction");
        allocate = (delegate* unmanaged<ulong*, nuint, int>)Symbol("cuMemAlloc_v2");
        free = (delegate* unmanaged<ulong, int>)Symbol("cuMemFree_v2");
        allocatePinned = (delegate* unmanaged<nint*, nuint, uint, int>)Symbol("cuMemHostAlloc");
        freePinned = (delegate* unmanaged<nint, int>)Symbol("cuMemFreeHost");
        copyToDevice = (delegate* unmanaged<ulong, nint, nuint, nint, int>)Symbol("cuMemcpyHtoDAsync_v2");
        copyToHost = (delegate* unmanaged<nint, ulong, nuint, nint, int>)Symbol("cuMemcpyDtoHAsync_v2");
        copyOnDevice = (delegate* unmanaged<ulong, ulong, nuint, nint, int>)Symbol("cuMemcpyDtoDAsync_v2");
        createStream = (delegate* unmanaged<nint*, uint, int>)Symbol("cuStreamCreate");
        destroyStream = (delegate* unmanaged<nint, int>)Symbol("cuStreamDestroy_v2");
        synchronizeStream = (delegate* unmanaged<nint, int>)Symbol("cuStreamSynchronize");
        createEvent = (delegate* unmanaged<nint*, uint, int>)Symbol("cuEventCreate");
        destroyEvent = (delegate* unmanaged<nint, int>)Symbol("cuEventDestroy_v2");
        recordEvent = (delegate* unmanaged<nint, nint, int>)Symbol("cuEventRecord");
        synchronizeEvent = (delegate* unmanaged<nint, int>)Symbol("cuEventSynchronize");
        elapsedTime = (delegate* unmanaged<float*, nint, nint, int>)Symbol("cuEventElapsedTime");
        launch = (delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int>)Symbol("cuLaunchKernel");
        errorName = (delegate* unmanaged<int, byte**, int>)Symbol("cuGetErrorName");
    }

    /// <summary>The driver, or null where none is installed or it lacks a function we need.</summary>
    public static LibCuda? TryLoad()
    {
        if (!NativeLibrary.TryLoad(Soname, out var library)) return null;
        try
        {
            return new LibCuda(library);
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public int Init() => init(0);

    /// <inheritdoc/>
    public int DriverVersion(out int version)
    {
        fixed (int* to = &version) return driverVersion(to);
    }

    /// <inheritdoc/>
    public int DeviceCount(out int count)
    {
        fixed (int* to = &count) return deviceCount(to);
    }

    /// <inheritdoc/>
    public int Device(int ordinal, out int handle)
    {
        fixed (int* to = &handle) return device(to, ordinal);
    }

    /// <inheritdoc/>
    public int DeviceName(int handle, Span<byte> name)
    {
        fixed (byte* to = name) return deviceName(to, name.Length, handle);
    }

    /// <inheritdoc/>
    public int DeviceUuid(int handle, Span<byte> uuid)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(uuid.Length, 16);
        fixed (byte* to = uuid) return deviceUuid(to, handle);
    }

    /// <inheritdoc/>
    public int DevicePciBusId(int handle, Span<byte> id)
    {
        fixed (byte* to = id) return devicePciBusId(to, id.Length, handle);
    }

    /// <inheritdoc/>
    public int DeviceTotalMemory(int handle, out nuint bytes)
    {
        fixed (nuint* to = &bytes) return deviceTotalMemory(to, handle);
    }

    /// <inheritdoc/>
    public int DeviceAttribute(int handle, int attribute, out int value)
    {
        fixed (int* to = &value) return deviceAttribute(to, attribute, handle);
    }

    /// <inheritdoc/>
    public int RetainPrimaryContext(int handle, out nint context)
    {
        fixed (nint* to = &context) return retainPrimaryContext(to, handle);
    }

    /// <inheritdoc/>
    public int ReleasePrimaryContext(int handle) => releasePrimaryContext(handle);

    /// <inheritdoc/>
    public int SetCurrentContext(nint context) => setCurrentContext(context);

    /// <inheritdoc/>
    public int LoadModule(ReadOnlySpan<byte> text, Span<byte> log, out nint module)
    {
        InvariantException.Require(text is [.., 0], "A PTX text ends with a zero.");
        var options = stackalloc int[] { ErrorLog, ErrorLogBytes };
        fixed (nint* to = &module)
        fixed (byte* source = text)
        fixed (byte* complaints = log)
        {
            // A size goes where a pointer is wanted: that is how the driver takes its options.
            var values = stackalloc void*[] { complaints, (void*)(nuint)log.Length };
            return loadModule(to, source, 2, options, values);
        }
    }

    /// <inheritdoc/>
    public int UnloadModule(nint module) => unloadModule(module);

    /// <inheritdoc/>
    public int Function(nint module, string name, out nint handle)
    {
        fixed (nint* to = &handle)
        fixed (byte* bytes = Encoding.ASCII.GetBytes(name + "\0")) return function(to, module, bytes);
    }

    /// <inheritdoc/>
    public int Allocate(nuint bytes, out ulong address)
    {
        fixed (ulong* to = &address) return allocate(to, bytes);
    }

    /// <inheritdoc/>
    public int Free(ulong address) => free(address);

    /// <inheritdoc/>
    public int AllocatePinned(nuint bytes, out nint address)
    {
        fixed (nint* to = &address) return allocatePinned(to, bytes, 0);
    }

    /// <inheritdoc/>
    public int FreePinned(nint address) => freePinned(address);

    /// <inheritdoc/>
    public int CopyToDevice(ulong to, nint from, nuint bytes, nint stream) => copyToDevice(to, from, bytes, stream);

    /// <inheritdoc/>
    public int CopyToHost(nint to, ulong from, nuint bytes, nint stream) => copyToHost(to, from, bytes, stream);

    /// <inheritdoc/>
    public int CopyOnDevice(ulong to, ulong from, nuint bytes, nint stream) => copyOnDevice(to, from, bytes, stream);

    /// <inheritdoc/>
    public int CreateStream(out nint stream)
    {
        fixed (nint* to = &stream) return createStream(to, NonBlockingStream);
    }

    /// <inheritdoc/>
    public int DestroyStream(nint stream) => destroyStream(stream);

    /// <inheritdoc/>
    public int SynchronizeStream(nint stream) => synchronizeStream(stream);

    /// <inheritdoc/>
    public int CreateEvent(out nint handle)
    {
        fixed (nint* to = &handle) return createEvent(to, 0);
    }

    /// <inheritdoc/>
    public int DestroyEvent(nint handle) => destroyEvent(handle);

    /// <inheritdoc/>
    public int RecordEvent(nint handle, nint stream) => recordEvent(handle, stream);

    /// <inheritdoc/>
    public int SynchronizeEvent(nint handle) => synchronizeEvent(handle);

    /// <inheritdoc/>
    public int ElapsedTime(nint from, nint to, out float milliseconds)
    {
        fixed (float* result = &milliseconds) return elapsedTime(result, from, to);
    }

    /// <inheritdoc/>
    public int Launch(nint kernel, uint gridX, uint gridY, uint threads, nint stream, ReadOnlySpan<ulong> arguments)
    {
        var pointers = stackalloc void*[arguments.Length];
        fixed (ulong* values = arguments)
        {
            for (var i = 0; i < arguments.Length; i++) pointers[i] = values + i;
            return launch(kernel, gridX, gridY, 1, threads, 1, 1, 0, stream, pointers, null);
        }
    }

    /// <inheritdoc/>
    public string ErrorName(int code)
    {
        byte* name;
        return errorName(code, &name) == CudaCode.Success && name != null
            ? Marshal.PtrToStringUTF8((nint)name)!
            : code.ToString(CultureInfo.InvariantCulture);
    }
}
