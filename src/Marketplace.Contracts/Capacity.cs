namespace Marketplace.Contracts;

/// <summary>What one GPU (or, in a CPU class, one machine) can do: claimed by a provider, or proven by a verification.</summary>
/// <param name="Int8Gops">Dense int8 matrix rate in 10^9 operations per second; a multiply-add is two operations. 0 where not claimed.</param>
/// <param name="Bf16Gflops">Dense bf16 matrix rate in 10^9 operations per second; 0 where not claimed.</param>
/// <param name="MemoryMB">Device memory in 10^6 bytes; 0 where not claimed.</param>
/// <param name="MemoryBandwidthMBps">Device memory bandwidth in 10^6 bytes per second, reads and writes counted; 0 where not claimed.</param>
/// <param name="Fp64Gflops">Double-precision rate outside tensor cores in 10^9 operations per second; a fused multiply-add is two. 0 where not claimed.</param>
public sealed record Capacity(long Int8Gops, long Bf16Gflops, long MemoryMB, long MemoryBandwidthMBps, long Fp64Gflops = 0);
