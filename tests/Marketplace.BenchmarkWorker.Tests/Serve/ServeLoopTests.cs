using System.CommandLine;
using Marketplace.BenchmarkWorker.Enrol;
using Marketplace.BenchmarkWorker.Meter;
using Marketplace.BenchmarkWorker.Output;
using Marketplace.BenchmarkWorker.Proof;
using Marketplace.BenchmarkWorker.Serve;
using Marketplace.BenchmarkWorker.Verify;
using NodaTime;

namespace Marketplace.BenchmarkWorker.Tests.Serve;

public sealed class ServeLoopTests : IDisposable
{
    private const string First = "enr_01JABCDEFGHJKMNPQRSTVWXYZ0";
    private const string Second = "enr_01JABCDEFGHJKMNPQRSTVWXYZ1";
    private static readonly MachineId Machine = MachineId.Parse("mch_01JABCDEFGHJKMNPQRSTVWXYZ0");
    private readonly string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
    private readonly SteppingTime time = new();
    private readonly FakeDesk desk;
    private readonly StringWriter told = new();

    public ServeLoopTests()
    {
        desk = new FakeDesk(time);
        PutKey(First, Machine);
    }

    public void Dispose()
    {
        File.Delete(path);
        desk.Dispose();
    }

    private void PutKey(string enrolment, MachineId machine)
    {
        File.Delete(path);
        using var made = MachineKeyFile.ReadOrCreate(path);
        (made with { Enrolment = EnrolmentId.Parse(enrolment), Machine = machine }).Write(path);
    }

    private async Task ServeAsync(int questions)
    {
        using var stop = new CancellationTokenSource();
        var before = desk.OnAsked;
        desk.OnAsked = () =>
        {
            before();
            if (desk.Asked.Count >= questions) stop.Cancel();
        };
        using var key = new KeyInUse(path);
        using var http = new HttpClient(desk, disposeHandler: false) { BaseAddress = new Uri("http://desk") };
        var server = Server.Of(http, () => key.Current, time);
        var meter = new LeaseMeter(server.Patient, () => key.Current, new MeterStateFile(null), () => new MachineStart("first", Duration.Zero));
        using var machine = ProvingMachine.Find(1);
        var loop = new ServeLoop(server, key, meter, machine, new AskRhythm(AskRhythm.Longest, time, () => 0.5), time, new EventWriter(false, time, told));
        await loop.RunAsync(stop.Token);
    }

    private IEnumerable<double> Pauses => desk.Asked.Zip(desk.Asked.Skip(1)).Select(pair => (pair.Second.At - pair.First.At).TotalSeconds);

    [Fact]
    public async Task At_rest_a_worker_asks_for_work_every_half_minute_and_looks_at_leases_every_minute_or_so()
    {
        await ServeAsync(questions: 12);
        Assert.All(Pauses, pause => Assert.InRange(pause, 22.5, 30));
        Assert.Equal(4, desk.Looked.Count);
    }

    [Fact]
    public async Task A_proof_of_readiness_is_taken_up_seconds_after_its_lease_began()
    {
        desk.NextStart = time.GetUtcNow() + TimeSpan.FromSeconds(100);
        desk.ProofFrom = desk.NextStart + TimeSpan.FromSeconds(2.2);
        await ServeAsync(questions: 30);
        Assert.InRange(desk.TakenUp!.Value - desk.ProofFrom.Value, TimeSpan.Zero, TimeSpan.FromSeconds(1.5));
        Assert.Contains("of-another-day-1", told.ToString(), StringComparison.Ordinal);
        Assert.InRange(Pauses.Last(), 22.5, 30);
    }

    [Fact]
    public async Task A_key_that_is_put_into_the_file_is_taken_up_without_a_restart()
    {
        desk.OnAsked = () =>
        {
            if (desk.Asked.Count == 2) PutKey(Second, Machine);
        };
        await ServeAsync(questions: 4);
        Assert.Equal([First, First, Second, Second], desk.Asked.Select(asked => asked.Key));
        Assert.Equal($"Goes on with key {Second}.", told.ToString().Trim());
    }

    [Fact]
    public async Task A_worker_whose_key_is_refused_goes_on_asking_and_works_again_with_the_next_one()
    {
        desk.Refused.Add(First);
        desk.ProofFrom = time.GetUtcNow();
        desk.OnAsked = () =>
        {
            if (desk.Asked.Count == 3) PutKey(Second, Machine);
        };
        await ServeAsync(questions: 5);
        Assert.Equal([First, First, First, Second, Second], desk.Asked.Select(asked => asked.Key));
        Assert.Equal(desk.Asked[3].At, desk.TakenUp);
    }

    [Theory]
    [InlineData("no key at all")]
    [InlineData("another machine's")]
    [InlineData(null)]
    public async Task A_file_without_a_key_of_this_machine_is_told_of_and_the_present_key_is_used_on(string? content)
    {
        desk.OnAsked = () =>
        {
            if (desk.Asked.Count != 1) return;
            if (content is null) File.Delete(path);
            else if (content == "another machine's") PutKey(Second, MachineId.Parse("mch_01JABCDEFGHJKMNPQRSTVWXYZ1"));
            else File.WriteAllText(path, content);
        };
        await ServeAsync(questions: 3);
        Assert.Equal([First, First, First], desk.Asked.Select(asked => asked.Key));
        Assert.NotEmpty(told.ToString());
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("--pause 1", true)]
    [InlineData("--pause 30", true)]
    [InlineData("--pause 0", false)]
    [InlineData("--pause 31", false)]
    public void The_pause_is_one_to_thirty_seconds(string arguments, bool isAccepted)
    {
        var option = ServeCommand.Pause();
        var parsed = new RootCommand { option }.Parse(arguments);
        Assert.Equal(isAccepted, parsed.Errors.Count == 0);
        if (arguments.Length == 0) Assert.Equal(30, parsed.GetValue(option));
    }
}
