using Marketplace.BenchmarkWorker.Enrol;

namespace Marketplace.BenchmarkWorker.Tests.Enrol;

public sealed class MachineKeyFileTests : IDisposable
{
    private readonly string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public void Dispose() => File.Delete(path);

    [Fact]
    public void A_key_is_made_once_and_keeps_its_enrolment()
    {
        using var made = MachineKeyFile.ReadOrCreate(path);
        Assert.True(made.Enrolment.IsUnset);
        var enrolled = made with { Enrolment = EnrolmentId.Parse("enr_01JABCDEFGHJKMNPQRSTVWXYZ0"), Machine = MachineId.Parse("mch_01JABCDEFGHJKMNPQRSTVWXYZ0") };
        enrolled.Write(path);
        using var read = MachineKeyFile.ReadOrCreate(path);
        Assert.Equal((enrolled.Enrolment, enrolled.Machine), (read.Enrolment, read.Machine));
        Assert.Equal(made.Key.ExportSubjectPublicKeyInfo(), read.Key.ExportSubjectPublicKeyInfo());
    }

    [Fact]
    public void Only_its_owner_may_read_a_key()
    {
        MachineKeyFile.ReadOrCreate(path).Dispose();
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }
}
