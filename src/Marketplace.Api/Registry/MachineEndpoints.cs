using Marketplace.Api.Answers;
using Marketplace.Api.Auth;
using Marketplace.Api.OpenApi;
using Marketplace.Api.Problems;
using Marketplace.Api.Requests;
using Marketplace.Client.Models;
using Marketplace.Registry.Machines;
using Marketplace.Registry.RegisterMachine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketplace.Api.Registry;

/// <summary>A provider's machines.</summary>
internal static class MachineEndpoints
{
    public static void MapMachines(this IEndpointRouteBuilder v1)
    {
        var group = v1.MapGroup("/machines").WithTags("Machines");
        group.MapPost("", RegisterAsync).RequireScope(Scopes.MachinesWrite)
            .Operates("registerMachine", "Registers a machine as a compute resource and gives it a public identifier.")
            .Answers<MachineModel>(StatusCodes.Status201Created)
            .Refuses(
                ProblemTypes.NotAProvider, ProblemTypes.NameMalformed, ProblemTypes.HubUnknown, ProblemTypes.ClusterUnknown, ProblemTypes.ModelUnknown,
                ProblemTypes.GpuCountOutOfRange, ProblemTypes.CpuMachineIsOneUnit, ProblemTypes.HostOutOfRange, ProblemTypes.PueOutOfRange,
                ProblemTypes.GridCarbonOutOfRange, ProblemTypes.HubFull);
        group.MapGet("", ListAsync).RequireToken()
            .Operates("listMachines", "Lists the caller's machines, newest first.")
            .Answers<Page<MachineModel>>();
        group.MapGet("/{machineId}", ReadAsync).RequireToken()
            .Operates("getMachine", "Reads a machine.")
            .Answers<MachineModel>()
            .Refuses(ProblemTypes.NotFound);
    }

    private static async Task<IResult> RegisterAsync(
        RegisterMachineRequest body, OrganisationCaller caller, RequestKey key, RegisterMachineHandler register, CancellationToken cancellationToken)
    {
        var fields = new Fields();
        var command = new RegisterMachine(
            caller.OrganisationId,
            fields.Text("/name", body.Name, 1, 100),
            fields.Hub("/hubId", body.HubId),
            fields.Text("/cluster", body.Cluster, 1, 100),
            fields.GpuModel("/modelId", body.ModelId),
            fields.Int("/gpuCount", body.GpuCount, 1, int.MaxValue),
            fields.Int("/cpuCores", body.CpuCores, 1, int.MaxValue),
            fields.Long("/hostMemoryMB", body.HostMemoryMB, 1, long.MaxValue),
            body.Pue,
            body.GridCarbonGramsPerKWh);
        if (!fields.AreValid) return fields.Problem;
        var attempt = await register.ExecuteAsync(command, key.Value, cancellationToken);
        return Answer.Created(attempt, machine => $"/v1/machines/{machine.Id}", RegistryModels.ToModel, RegistryProblems.Of);
    }

    private static async Task<IResult> ListAsync(PageQuery query, OrganisationCaller caller, MachineReader reader, CancellationToken cancellationToken)
    {
        MachineId? after = null;
        if (query.After is { } text)
        {
            if (!MachineId.TryParse(text, out var id)) return PageQuery.InvalidCursor;
            after = id;
        }

        var machines = await reader.ListAsync(caller.OrganisationId, after, cancellationToken).Take(query.Limit + 1).ToListAsync(cancellationToken);
        var page = machines.Take(query.Limit).ToList();
        return Answer.Ok(PageQuery.Page<MachineModel>([.. page.Select(RegistryModels.ToModel)], machines.Count > page.Count ? page[^1].Id.ToString() : null));
    }

    private static async Task<IResult> ReadAsync(string machineId, OrganisationCaller caller, MachineReader reader, CancellationToken cancellationToken)
    {
        if (!MachineId.TryParse(machineId, out var id)) return Answer.NotFound();
        return Answer.OkOrNotFound((await reader.FindAsync(caller.OrganisationId, id, cancellationToken))?.ToModel());
    }
}
