using System.Security.Cryptography;
using Marketplace.Api.Tests.Registry;
using Marketplace.Client;
using Marketplace.Client.Tokens;
using NodaTime;

namespace Marketplace.Api.Tests.Verification;

public sealed class RecheckTests
{
    [Fact]
    public async Task Operator_orders_a_recheck_and_a_machine_that_does_not_answer_is_suspended_with_its_history_public()
    {
        await using var host = await ApiHost.StartAsync();
        var (provider, _) = await host.ProviderAsync();
        var machine = await provider.RegisterMachineAsync(RegistryWalk.Machine, RegistryWalk.NewKey());
        var code = await provider.IssueEnrolmentCodeAsync(machine.MachineId, RegistryWalk.NewKey());
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var enrolled = await host.Client().EnrolKeyAsync(code.Code!, key.ExportSubjectPublicKeyInfo());
        var worker = host.Client(MachineToken.Create(key, EnrolmentId.Parse(enrolled.EnrolmentId), TimeProvider.System));
        var staff = host.Client(host.StaffToken());
        var owner = (await host.Client().GetResourceAsync(machine.ResourceIdentifier)).ProviderId;
        Assert.Equal("nothing_offered", await CodeOfAsync(() => staff.OrderRecheckAsync(owner, "early")));
        Assert.Equal("scope_required", await CodeOfAsync(() => provider.OrderRecheckAsync(owner, "mine")));

        var draft = await provider.CreateListingAsync(RegistryWalk.ListingOf(machine.MachineId), RegistryWalk.NewKey());
        await host.VerdictAsync(await provider.SubmitListingAsync(draft.ListingId, RegistryWalk.NewKey()), owner, 250, passed: true);
        var window = await staff.OrderRecheckAsync(owner, "order");
        Assert.Equal(window.WindowId, (await staff.OrderRecheckAsync(owner, "order")).WindowId);
        Assert.Equal("recheck_window_open", await CodeOfAsync(() => staff.OrderRecheckAsync(owner, "again")));
        await host.WhenIdleAsync();
        var session = Assert.Single((await worker.ListMachineVerificationsAsync()).Items, item => item.Purpose == "recheck");
        Assert.Equal(window.WindowId, session.Subject);
        Assert.True(string.CompareOrdinal(window.OpensAt, session.OpensAt) <= 0 && string.CompareOrdinal(session.OpensAt, window.ClosesAt) < 0);
        Assert.Equal("verification_not_open_yet", await CodeOfAsync(() => worker.StartVerificationAsync(session.VerificationId, 0, 1)));
        await host.AdvanceAsync(Duration.FromSeconds(120));
        Assert.Equal("verification_window_missed", await CodeOfAsync(() => worker.StartVerificationAsync(session.VerificationId, 0, 1)));

        for (var i = 0; i < 3; i++) await host.AdvanceAsync(Duration.FromMinutes(5) + Duration.FromSeconds(1));
        var windows = (await provider.ListRecheckWindowsAsync()).Items;
        Assert.Equal([("failed", 3), ("repeated", 2), ("repeated", 1)], windows.Select(item => (item.State, item.Try)));
        Assert.Equal("notCompleted", Assert.Single((await provider.GetRecheckWindowAsync(windows[0].WindowId)).Machines).Failure);
        Assert.Equal("suspended", (await provider.GetListingAsync(draft.ListingId)).Status);
        Assert.Equal(
            ["recheck", "recheck", "recheck", "listing"], (await host.Client().GetResourceAsync(machine.ResourceIdentifier)).Tests.Select(test => test.Purpose));

        var (stranger, _) = await host.ProviderAsync();
        Assert.Empty((await stranger.ListRecheckWindowsAsync()).Items);
        Assert.Equal("not_found", await CodeOfAsync(() => stranger.GetRecheckWindowAsync(window.WindowId)));
    }

    private static async Task<string> CodeOfAsync(Func<Task> request) => (await Assert.ThrowsAsync<ProblemException>(request)).Code;
}
