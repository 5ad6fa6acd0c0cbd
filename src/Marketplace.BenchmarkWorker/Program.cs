using System.Diagnostics;
using Marketplace.BenchmarkWorker.Kernels;
using Marketplace.BenchmarkWorker.Proof;
using Marketplace.Verification.Protocol;
foreach (var cores in new[]{1,2})
foreach (var k in Int8Kernel.Supported.Take(2)) {
 const int n=1536; var e=new RoundEngine(k,n,cores); var seed=new byte[32]; e.Run(seed,new ulong[144]);
 for(int r=0;r<3;r++){
 var sw=Stopwatch.StartNew(); for(int i=0;i<20;i++) e.MultiplyOnly(); var bare=20*2.0*n*n*n/sw.Elapsed.TotalSeconds/1e9;
 var p=new ProofParameters(n,20,1,300,1e-6);
 sw.Restart(); var run=ProofRun.Complete(e,p,seed,null,default); var el=sw.Elapsed.TotalSeconds;
 sw.Restart(); var drawn=TileDraw.Draw(p,seed); var o=run.Open(drawn); var outc=ProofCheck.Check(p,seed,run.Roots,drawn,o);
 Console.WriteLine($"{k.Name} cores={cores} bare={bare:F0} run={20*2.0*n*n*n/el/1e9:F0} proven={p.ProvenOperationsPerSecond(el)/1e9:F0} check={outc.Fault} {drawn.Count} tiles {sw.Elapsed.TotalMilliseconds:F0} ms");
 }
}
