using Marketplace.Contracts;

namespace Marketplace.Finance.Focus;

/// <summary>What the leases of a month are of, and what takes part in them is called. Reads each lease and each name once.</summary>
internal sealed class FocusTerms(ILeasedCapacities leases, IOrganisationNames organisations, ICatalogue catalogue)
{
    private readonly Dictionary<LeaseId, FocusSku?> skus = [];
    private readonly Dictionary<OrganisationId, string> names = [];

    /// <summary>Reads what is not known yet of a charge's lease and parties.</summary>
    public async Task LearnAsync(CostRecord cost, CancellationToken cancellationToken)
    {
        if (!skus.ContainsKey(cost.LeaseId))
        {
            var leased = await leases.FindCapacityAsync(cost.LeaseId, cancellationToken);
            skus[cost.LeaseId] = leased is null ? null : Sku(leased);
            if (leased is not null) await LearnAsync(leased.MachineOwner, cancellationToken);
        }

        await LearnAsync(cost.Buyer, cancellationToken);
        await LearnAsync(cost.Provider, cancellationToken);
    }

    /// <summary>What a lease that was learned is of; null where leasing does not know it, which must not keep the month's costs from being exported.</summary>
    public FocusSku? this[LeaseId lease] => skus[lease];

    /// <summary>What an organisation that was learned is called: its id where it has no name.</summary>
    public string this[OrganisationId organisation] => names[organisation];

    private FocusSku Sku(LeasedCapacity leased) => new(
        leased.Book, catalogue.FindHub(leased.Book.Hub)?.EnglishName ?? leased.Book.Hub.ToString(),
        catalogue.FindModel(leased.Book.Model)?.Name ?? leased.Book.Model.ToString(), leased.MachineOwner);

    private async Task LearnAsync(OrganisationId organisation, CancellationToken cancellationToken)
    {
        if (!names.ContainsKey(organisation))
            names[organisation] = await organisations.FindNameAsync(organisation, cancellationToken) is { Length: > 0 } name ? name : organisation.ToString();
    }
}

/// <summary>What was sold: a class of GPUs, which is the SKU, in a hub, which with it is the SKU's price, for the price is made in their order book.</summary>
/// <param name="Book">The class and the hub.</param>
/// <param name="HubName">What the hub is called.</param>
/// <param name="ModelName">What the class is called.</param>
/// <param name="Host">Whose machine it is.</param>
internal sealed record FocusSku(BookKey Book, string HubName, string ModelName, OrganisationId Host)
{
    /// <summary>The same wherever the GPU is and whatever it costs.</summary>
    public string SkuId => Book.Model.ToString();

    /// <summary>Says neither amount nor currency, as the specification asks, so that prices can be followed over time.</summary>
    public string SkuPriceId => Book.ToString();

    /// <summary>Of one GPU-hour, the unit that is priced.</summary>
    public string Details => $$"""{"GpuCount":1,"InstanceType":{{System.Text.Json.JsonSerializer.Serialize(ModelName)}}}""";
}
