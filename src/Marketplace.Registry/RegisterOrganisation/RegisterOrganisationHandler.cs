using Marketplace.Contracts;
using Marketplace.Registry.Organisations;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Registry.RegisterOrganisation;

/// <summary>
/// Registers organisations in two commits: the first fixes which id an idempotency key stands for, the second makes the
/// organisation. A retry after a crash between them goes on with the same id; an id that is never used harms nobody.
/// </summary>
public sealed class RegisterOrganisationHandler(Workspace workspace, IIdSource ids, TimeProvider time)
{
    /// <summary>Registers an organisation.</summary>
    public async Task<Attempt<Organisation, RegisterOrganisationRefusal>> ExecuteAsync(
        RegisterOrganisation command, IdempotencyKey key, CancellationToken cancellationToken)
    {
        if (!OrganisationRules.Register(command, default, time.Now()).TryGet(out _, out var refusal))
        {
            return Attempt<Organisation, RegisterOrganisationRefusal>.Refused(refusal);
        }

        var named = await workspace.AttemptAsync<string, Named, RegisterOrganisationRefusal>(
            RegistryRows.OrganisationIds, key, "organisation", _ => Named.Task(ids.Next<OrganisationKind>()), cancellationToken);
        var id = named.Result.Value.Id;
        return await workspace.AttemptAsync<RegisterOrganisation, Organisation, RegisterOrganisationRefusal>(
            RegistryRows.Of(id), key, command, work => Task.FromResult(Register(command, id, work)), cancellationToken);
    }

    private Result<Organisation, RegisterOrganisationRefusal> Register(RegisterOrganisation command, OrganisationId id, PartitionWork work)
    {
        var decision = OrganisationRules.Register(command, id, time.Now());
        if (!decision.IsAccepted) return decision;
        var organisation = decision.Value;
        work.Put(RegistryRows.Organisation, organisation);
        work.Send(new OrganisationRegistered(
            id, organisation.Name, organisation.Email, organisation.Provides, organisation.Buys, organisation.CountryCode));
        return decision;
    }

    private sealed record Named(OrganisationId Id)
    {
        public static Task<Result<Named, RegisterOrganisationRefusal>> Task(OrganisationId id) =>
            System.Threading.Tasks.Task.FromResult<Result<Named, RegisterOrganisationRefusal>>(new Named(id));
    }
}
