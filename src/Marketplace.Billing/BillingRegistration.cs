using Marketplace.Billing.CollectInvoice;
using Marketplace.Billing.Credit;
using Marketplace.Billing.CreditInvoice;
using Marketplace.Billing.CreditShortfall;
using Marketplace.Billing.Disputes;
using Marketplace.Billing.DraftInvoice;
using Marketplace.Billing.Lists;
using Marketplace.Billing.MirrorMeters;
using Marketplace.Billing.MonthlyRun;
using Marketplace.Billing.OpenAccount;
using Marketplace.Billing.PayProviders;
using Marketplace.Billing.PostInvoice;
using Marketplace.Billing.Prepaid;
using Marketplace.Billing.RateUsage;
using Marketplace.Billing.ReceiveWebhook;
using Marketplace.Billing.Records;
using Marketplace.Billing.Rows;
using Marketplace.Billing.StartRun;
using Marketplace.Billing.Terms;
using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Marketplace.Billing;

/// <summary>Registration of billing. An adapter registers the payment port.</summary>
public static class BillingRegistration
{
    /// <summary>Adds the module's handlers, use cases and the records that finance reads.</summary>
    public static IServiceCollection AddBilling(this IServiceCollection services)
    {
        services.TryAddSingleton(BillingTerms.Standard);
        services.AddSingleton<IPaymentRecords, PaymentRecords>();
        services.AddSingleton<ICreditRecords, CreditRecords>();
        services.AddSingleton<IServiceRecords, ServiceRecords>();
        services.AddSingleton<IPayoutRecords, PayoutRecords>();
        services.AddSingleton<ICostRecords, CostRecords>();
        services.AddSingleton<IPrepaidRecords, PrepaidRecords>();
        services.AddSingleton<IReserveRecords, ReserveRecords>();
        services.AddSingleton<IPayoutAccounts, PayoutAccounts>();
        services.AddSingleton<BillingReads>();
        services.AddScoped<SetCreditTerms>();
        services.AddSingleton<BuyerCredit>();
        services.AddSingleton<IBuyerCredit>(provider => provider.GetRequiredService<BuyerCredit>());
        services.AddScoped<StartTopUp>();
        services.AddScoped<ReadTopUpSecret>();
        services.AddScoped<ReceiveWebhookHandler>();
        services.AddScoped<CreditInvoiceHandler>();
        services.AddScoped<DisputeCharge>();
        services.AddScoped<SetPayoutTerms>();
        services.AddScoped<WriteOffInvoiceHandler>();
        services.AddMessageHandler<OrganisationRegistered, NoteCountryHandler>(Queues.Projections, m => $"billing-{m.OrganisationId}");
        services.AddMessageHandler<IndexBillingRow, IndexBillingRowHandler>(Queues.Projections, m => $"billing-{m.Index}");

        // By organisation: what changes its own rows.
        services.AddMessageHandler<OrganisationRegistered, OpenAccountHandler>(Queues.Billing, m => m.OrganisationId.ToString());
        services.AddMessageHandler<UsageMetered, RateUsageHandler>(Queues.Billing, m => m.Buyer.ToString());
        services.AddMessageHandler<TradeExecuted, TradeHoldHandlers>(Queues.Billing, m => m.Buyer.ToString());
        services.AddMessageHandler<LeaseStopped, TradeHoldHandlers>(Queues.Billing, m => m.Buyer?.ToString() ?? m.LeaseId.ToString());
        services.AddMessageHandler<Contracts.CreditShortfall, CreditShortfallHandler>(Queues.Billing, m => m.Buyer.ToString());
        services.AddMessageHandler<ReleaseTradeHold, TradeHoldHandlers>(Queues.Billing, m => m.Buyer.ToString());
        services.AddMessageHandler<DraftInvoices, DraftInvoicesHandler>(Queues.Billing, m => m.Buyer.ToString());
        services.AddMessageHandler<ChargesPaid, PayProvidersHandlers>(Queues.Billing, m => m.Provider.ToString());
        services.AddMessageHandler<PayProvider, PayProvidersHandlers>(Queues.Billing, m => m.Provider.ToString());
        services.AddMessageHandler<HoldShare, HeldShareHandlers>(Queues.Billing, m => m.Provider.ToString());
        services.AddMessageHandler<ReleaseShare, HeldShareHandlers>(Queues.Billing, m => m.Provider.ToString());
        services.AddMessageHandler<TakeBackShares, TakeBackHandlers>(Queues.Billing, m => m.Provider.ToString());
        services.AddMessageHandler<ChargesPaidOut, PayProvidersHandlers>(Queues.Billing, m => m.Buyer.ToString());

        // By invoice and by payout: what waits for the payment service must not hold up an organisation's rating.
        services.AddMessageHandler<CreateExternalInvoice, PostInvoiceHandlers>(Queues.Billing, m => m.InvoiceId.ToString());
        services.AddMessageHandler<PostInvoiceLines, PostInvoiceHandlers>(Queues.Billing, m => m.InvoiceId.ToString());
        services.AddMessageHandler<FinalizeInvoice, PostInvoiceHandlers>(Queues.Billing, m => m.InvoiceId.ToString());
        services.AddMessageHandler<CreditShortfallsOfInvoice, CreditShortfallHandler>(Queues.Billing, m => m.InvoiceId.ToString());
        services.AddMessageHandler<PayInvoice, CollectInvoiceHandlers>(Queues.Billing, m => m.InvoiceId.ToString());
        services.AddMessageHandler<PaymentReported, CollectInvoiceHandlers>(Queues.Billing, m => m.InvoiceId.ToString());
        services.AddMessageHandler<CheckInvoice, CollectInvoiceHandlers>(Queues.Billing, m => m.InvoiceId.ToString());
        services.AddMessageHandler<IssueCreditNote, CreditHandlers>(Queues.Billing, m => m.CreditNoteId.ToString());
        services.AddMessageHandler<MakeRefund, CreditHandlers>(Queues.Billing, m => m.RefundId.ToString());
        services.AddMessageHandler<ChargeTopUp, TopUpHandlers>(Queues.Billing, m => m.TopUpId.ToString());
        services.AddMessageHandler<TopUpReported, TopUpHandlers>(Queues.Billing, m => m.TopUpId.ToString());
        services.AddMessageHandler<CheckTopUp, TopUpHandlers>(Queues.Billing, m => m.TopUpId.ToString());
        services.AddMessageHandler<MakeTopUpRefund, RefundTopUp>(Queues.Billing, m => m.RefundId.ToString());
        // Not by invoice: who learns that it was paid waits for this.
        services.AddMessageHandler<TellPrepaidUse, TellPrepaidUseHandler>(Queues.Billing, m => $"prepaid-{m.InvoiceId}");
        services.AddMessageHandler<MirrorUsage, MirrorMetersHandler>(Queues.Billing, m => $"meters-{m.Buyer}");
        services.AddMessageHandler<SendTransfer, PayProvidersHandlers>(Queues.Billing, m => m.PayoutId.ToString());
        services.AddMessageHandler<ReverseTransfer, TakeBackHandlers>(Queues.Billing, m => m.PayoutId.ToString());

        services.AddMessageHandler<ContinueRun, StartRunHandler>(Queues.Billing, m => m.Run.RunId.ToString());
        services.AddMessageHandler<PlanMonthlyRun, MonthlyRunHandlers>(Queues.Billing, _ => "months");
        services.AddMessageHandler<PlanPayouts, PayoutCalendarHandlers>(Queues.Billing, _ => "payout-days");
        services.AddMessageHandler<PayoutDayCame, PayoutCalendarHandlers>(Queues.Billing, _ => "payout-days");
        services.AddMessageHandler<MonthEnded, MonthlyRunHandlers>(Queues.Billing, _ => "months");
        return services;
    }
}
