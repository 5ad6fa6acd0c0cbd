namespace Marketplace.BenchmarkWorker.Gpu.Driver;

/// <summary>Result codes of cuda.h that we tell apart.</summary>
internal static class CudaCode
{
    /// <summary>CUDA_SUCCESS.</summary>
    public const int Success = 0;

    /// <summary>CUDA_ERROR_OUT_OF_MEMORY.</summary>
    public const int OutOfMemory = 2;

    /// <summary>CUDA_ERROR_NO_DEVICE.</summary>
    public const int NoDevice = 100;

    /// <summary>CUDA_ERROR_INVALID_PTX.</summary>
    public const int InvalidPtx = 218;

    /// <summary>CUDA_ERROR_NOT_FOUND.</summary>
    public const int NotFound = 500;

    /// <summary>CUDA_ERROR_ILLEGAL_ADDRESS.</summary>
    public const int IllegalAddress = 700;

    /// <summary>CUDA_ERROR_LAUNCH_FAILED.</summary>
    public const int LaunchFailed = 719;

    /// <summary>
    /// Whether the context is lost with this fault: every later call gives the same code until the process ends. 214: memory error that
    /// ECC could not mend; 220: NVLink; 700 to 719: a kernel went wrong; 999: unknown.
    /// </summary>
    public static bool LosesContext(int code) => code is 214 or 220 or (>= 700 and <= 719 and not 701 and not 704 and not 705 and not 708 and not 709 and not 712 and not 713) or 999;
}

/// <summary>Attributes of cuda.h that we ask for.</summary>
internal static class CudaAttribute
{
    /// <summary>CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT.</summary>
    public const int Multiprocessors = 16;

    /// <summary>CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR.</summary>
    public const int ComputeMajor = 75;

    /// <summary>CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR.</summary>
    public const int ComputeMinor = 76;
}

/// <summary>A call to a GPU's driver or library failed.</summary>
/// <param name="what">What was called, and what it said.</param>
/// <param name="contextIsLost">Whether the device can't be used any more in this process.</param>
internal sealed class GpuException(string what, bool contextIsLost) : InvalidOperationException(what)
{
    /// <summary>Whether the device can't be used any more in this process; restarting the worker helps.</summary>
    public bool ContextIsLost { get; } = contextIsLost;
}
