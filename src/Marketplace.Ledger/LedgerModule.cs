using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Ledger;

/// <summary>Puts the module together.</summary>
public static class LedgerModule
{
    /// <summary>Adds the ledger: its commands, its reads and its check.</summary>
    public static IServiceCollection AddLedger(this IServiceCollection services)
    {
        services.AddSingleton<ReadJournal>();
        services.AddScoped<ILedgerRecords>(scope => scope.GetRequiredService<ReadJournal>());
        services.AddScoped<CheckJournal>();
        services.AddScoped<ReverseEntry>();
        services.AddScoped<ProveEntries>();
        services.AddSingleton<ReadAccounts>();
        services.AddSingleton<IAccountStandings>(provider => provider.GetRequiredService<ReadAccounts>());
        services.AddScoped<RebuildJournal>();

        // An entry that breaks a rule stops its journal: what follows may rest on it.
        services.AddMessageHandler<RecordEntry, LedgerCommandHandlers>(Queues.Ledger, m => m.Currency.Code, OnDeadLetter.StopSession);
        services.AddMessageHandler<HoldEntry, LedgerCommandHandlers>(Queues.Ledger, m => m.Currency.Code, OnDeadLetter.StopSession);
        services.AddMessageHandler<PostHeld, LedgerCommandHandlers>(Queues.Ledger, m => m.Currency.Code, OnDeadLetter.StopSession);
        services.AddMessageHandler<VoidHeld, LedgerCommandHandlers>(Queues.Ledger, m => m.Currency.Code, OnDeadLetter.StopSession);
        return services;
    }
}
