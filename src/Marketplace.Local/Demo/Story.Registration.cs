using System.Globalization;
using Marketplace.Client.Models;
using Marketplace.Client.Tokens;

namespace Marketplace.Local.Demo;

internal sealed partial class Story
{
    private async Task RegisterAsync(CancellationToken cancellationToken)
    {
        foreach (var role in new[] { Cast.GuiAn, Cast.Horinger, Cast.Zhongwei })
        {
            var id = await RegisterAsync(role.Name, "provider", cancellationToken);
            providers.Add(new SettledProvider(role, id, await EnrolAsync(role, id, cancellationToken)));
        }

        visionId = await RegisterAsync(Cast.Vision.Name, "buyer", cancellationToken);
        moleculesId = await RegisterAsync(Cast.Molecules.Name, "buyer", cancellationToken);
        narrator.Table(
            "Registered compute resources",
            ["provider", "hub", "public identifier", "PUE", "grid, g CO2/kWh"],
            [.. providers.Select(p => (IReadOnlyList<string>)
            [
                p.Role.Name, p.Role.Hub, p.Machine.ResourceIdentifier, p.Role.Pue.ToString(CultureInfo.InvariantCulture), $"{p.Role.GridCarbonGramsPerKWh}",
            ])]);
    }

    private async Task<string> RegisterAsync(string name, string role, CancellationToken cancellationToken)
    {
        var request = new RegisterOrganisationRequest(name, "finance@example.com", "CN", [role]);
        return (await world.Platform.RegisterOrganisationAsync(request, $"register-{Slug(name)}", cancellationToken)).OrganisationId;
    }

    private async Task<MachineIdentity> EnrolAsync(Cast.Provider role, string providerId, CancellationToken cancellationToken)
    {
        var client = world.As(providerId);
        var slug = Slug(role.Name);
        var machine = await client.RegisterMachineAsync(
            new RegisterMachineRequest(
                $"{slug}-1", role.Hub, role.Cluster, Cast.Model, 1, Environment.ProcessorCount, 16_000, role.Pue, role.GridCarbonGramsPerKWh),
            $"machine-{slug}",
            cancellationToken);
        var keyFile = Path.Combine(world.KeyFolder, $"{slug}.pem");
        var enrolment = await client.IssueEnrolmentCodeAsync(machine.MachineId, $"enrol-{slug}", cancellationToken);
        await RunWorkerAsync(["enrol", "--api", world.Url.ToString(), "--code", enrolment.Code!, "--key", keyFile], cancellationToken);
        narrator.Say($"{role.Name}: machine {machine.ResourceIdentifier} in {role.Cluster}; its worker made a key and enrolled it.");
        return new MachineIdentity(
            MachineId.Parse(machine.MachineId), machine.ResourceIdentifier, EnrolmentId.Parse(enrolment.EnrolmentId), keyFile, MachineToken.ReadKey(keyFile));
    }

    private static async Task<string> RunWorkerAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var result = await WorkerProcess.RunAsync(arguments, cancellationToken);
        return result.ExitCode == 0
            ? result.Output
            : throw new InvalidOperationException($"The worker ended with {result.ExitCode} at '{arguments[0]}': {result.Errors}{result.Output}");
    }

    private static string Slug(string name) => new([.. name.ToLowerInvariant().Where(c => char.IsAsciiLetterOrDigit(c) || c == ' ').Select(c => c == ' ' ? '-' : c)]);
}
