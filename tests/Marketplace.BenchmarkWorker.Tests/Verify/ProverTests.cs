using System.Security.Cryptography;
using Marketplace.BenchmarkWorker.Enrol;
using Marketplace.BenchmarkWorker.Proof;
using Marketplace.BenchmarkWorker.Verify;
using Marketplace.Client.Models;

namespace Marketplace.BenchmarkWorker.Tests.Verify;

public sealed class ProverTests
{
    private static async Task<(VerificationModel Verdict, FakeServer Server)> ProveAsync(Func<string, int, Loss>? loss = null, FakeServer? server = null)
    {
        server ??= new FakeServer(loss ?? ((_, _) => Loss.None));
        using var http = new HttpClient(server, disposeHandler: false) { BaseAddress = new Uri("http://server") };
        using var key = new MachineKeyFile(
            ECDsa.Create(ECCurve.NamedCurves.nistP256), EnrolmentId.Parse("enr_01JABCDEFGHJKMNPQRSTVWXYZ0"), MachineId.Parse("mch_01JABCDEFGHJKMNPQRSTVWXYZ0"));
        using var machine = ProvingMachine.Find(1);
        using var prover = new Prover(Server.Of(http, key, TimeProvider.System), machine, TimeProvider.System, null);
        return (await prover.ProveAsync(FakeServer.Id, CancellationToken.None), server);
    }

    [Fact]
    public async Task A_proof_goes_through_its_three_steps()
    {
        var (verdict, server) = await ProveAsync();
        Assert.Equal("passed", verdict.State);
        Assert.Equal(["start", "roots", "openings"], server.Steps);
    }

    [Theory]
    [InlineData("start", Loss.BeforeItHappened, 1)]
    [InlineData("start", Loss.AfterItHappened, 2)]
    [InlineData("roots", Loss.BeforeItHappened, 2)]
    [InlineData("roots", Loss.AfterItHappened, 1)]
    [InlineData("openings", Loss.BeforeItHappened, 1)]
    [InlineData("openings", Loss.AfterItHappened, 1)]
    internal async Task A_lost_answer_costs_at_most_an_attempt(string step, Loss loss, int attempts)
    {
        var (verdict, server) = await ProveAsync((s, call) => s == step && call == 1 ? loss : Loss.None);
        Assert.Equal("passed", verdict.State);
        Assert.Equal(attempts, server.Attempt);
    }

    /// <summary>A worker killed after its roots were in left nothing behind; the next one computes them again.</summary>
    [Fact]
    public async Task Another_worker_opens_what_a_killed_one_had_submitted()
    {
        var server = new FakeServer((step, call) => step == "openings" && call == 1 ? Loss.BeforeItHappened : Loss.None);
        await ProveAsync(server: server);
        server.State = "challenged";
        var (verdict, _) = await ProveAsync(server: server);
        Assert.Equal("passed", verdict.State);
        Assert.Equal(1, server.Attempt);
    }

    [Fact]
    public async Task A_verification_that_has_ended_is_only_read()
    {
        var server = new FakeServer((_, _) => Loss.None) { State = "failed" };
        var (verdict, _) = await ProveAsync(server: server);
        Assert.Equal("failed", verdict.State);
        Assert.Empty(server.Steps);
    }
}
