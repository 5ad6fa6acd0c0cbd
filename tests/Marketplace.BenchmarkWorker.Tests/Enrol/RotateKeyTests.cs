using System.Net;
using System.Net.Http.Json;
using Marketplace.BenchmarkWorker.Enrol;
using Marketplace.Client;
using Marketplace.Client.Models;

namespace Marketplace.BenchmarkWorker.Tests.Enrol;

public sealed class RotateKeyTests : IDisposable
{
    private static readonly EnrolmentId Present = EnrolmentId.Parse("enr_01JABCDEFGHJKMNPQRSTVWXYZ0");
    private static readonly MachineId Machine = MachineId.Parse("mch_01JABCDEFGHJKMNPQRSTVWXYZ0");
    private readonly string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public void Dispose()
    {
        File.Delete(path);
        File.Delete(path + ".next");
    }

    [Fact]
    public async Task A_lost_answer_leaves_the_present_key_in_place_and_the_same_new_key_is_posted_again()
    {
        using var made = MachineKeyFile.ReadOrCreate(path);
        (made with { Enrolment = Present, Machine = Machine }).Write(path);
        using var registry = new FakeRegistry { Loses = true };
        using var http = new HttpClient(registry) { BaseAddress = new Uri("http://registry") };

        await Assert.ThrowsAsync<ProblemException>(() => RotateKeyCommand.RotateAsync(http, path, TimeProvider.System, CancellationToken.None));
        using (var still = MachineKeyFile.Read(path)) Assert.Equal((Present, Machine), (still.Enrolment, still.Machine));

        registry.Loses = false;
        await RotateKeyCommand.RotateAsync(http, path, TimeProvider.System, CancellationToken.None);
        using var rotated = MachineKeyFile.Read(path);
        Assert.Equal(FakeRegistry.Next, rotated.Enrolment);
        Assert.Single(registry.Posted.Distinct());
        Assert.Equal(2, registry.Posted.Count);
        Assert.Equal(registry.Posted[0], Convert.ToBase64String(rotated.Key.ExportSubjectPublicKeyInfo()));
        Assert.NotEqual(made.Key.ExportSubjectPublicKeyInfo(), rotated.Key.ExportSubjectPublicKeyInfo());
        Assert.False(File.Exists(path + ".next"));
    }

    private sealed class FakeRegistry : HttpMessageHandler
    {
        public static readonly EnrolmentId Next = EnrolmentId.Parse("enr_01JABCDEFGHJKMNPQRSTVWXYZ1");

        public bool Loses { get; set; }

        public List<string> Posted { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Assert.Equal("/v1/machine/key-rotation", request.RequestUri!.AbsolutePath);
            Posted.Add((await request.Content!.ReadFromJsonAsync<RotateKeyRequest>(cancellationToken))!.PublicKey!);
            return Loses
                ? new HttpResponseMessage(HttpStatusCode.InternalServerError) { Content = JsonContent.Create(new Problem("/problems/internal_error", "", 500, "internal_error", "", [], "")) }
                : new HttpResponseMessage(HttpStatusCode.OK) { Content = JsonContent.Create(new MachineKeyModel(Next.ToString(), Machine.ToString(), "x", "2026-11-23T09:00:00Z")) };
        }
    }
}
