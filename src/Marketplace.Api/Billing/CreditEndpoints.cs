using Marketplace.Api.Answers;
using Marketplace.Api.Auth;
using Marketplace.Api.OpenApi;
using Marketplace.Api.Problems;
using Marketplace.Api.Requests;
using Marketplace.Billing.CollectInvoice;
using Marketplace.Billing.CreditInvoice;
using Marketplace.Billing.Lists;
using Marketplace.Client.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketplace.Api.Billing;

/// <summary>Credit notes and refunds of an invoice: finance decides them, the buyer sees them.</summary>
internal static class CreditEndpoints
{
    private const int MaxReasonLength = 500;

    public static void MapCredits(this IEndpointRouteBuilder v1)
    {
        var group = v1.MapGroup("/invoices/{invoiceId}").WithTags("Billing");
        group.MapPost("/credit-notes", IssueAsync).RequireScope(Scopes.FinanceWrite)
            .Operates("issueCreditNote", "Lowers a final invoice before it is paid: some of some lines, or all that is left to pay. One of which nothing is paid in advance is void then.")
            .Answers<CreditModel>(StatusCodes.Status201Created)
            .Refuses([ProblemTypes.InvalidFields, ProblemTypes.IdempotencyKeyReused, .. Enum.GetValues<CreditRefusal>().Select(TypeOf)]);
        group.MapPost("/refunds", RefundAsync).RequireScope(Scopes.FinanceWrite)
            .Operates("refundInvoice", "Gives back a part of a paid invoice, or all that is left: to the credit that paid it, then to the card; providers' transfers are taken back.")
            .Answers<CreditModel>(StatusCodes.Status201Created)
            .Refuses([ProblemTypes.InvalidFields, ProblemTypes.IdempotencyKeyReused, .. Enum.GetValues<CreditRefusal>().Select(TypeOf)]);
        group.MapPost("/write-off", WriteOffAsync).RequireScope(Scopes.FinanceWrite)
            .Operates("writeOffInvoice", "Gives up an invoice that is not paid: provider, platform and state lose their parts of it. Paid all the same, it becomes paid.")
            .Answers<InvoiceModel>()
            .Refuses([ProblemTypes.InvalidFields, ProblemTypes.IdempotencyKeyReused, .. Enum.GetValues<WriteOffRefusal>().Select(TypeOf)]);
        group.MapGet("/credit-notes", ListNotesAsync).RequireToken()
            .Operates("listCreditNotes", "Lists an invoice's credit notes, oldest first.")
            .Answers<Page<CreditModel>>().Refuses(ProblemTypes.NotFound, ProblemTypes.OrganisationRequired);
        group.MapGet("/refunds", ListRefundsAsync).RequireToken()
            .Operates("listRefunds", "Lists an invoice's refunds, oldest first.")
            .Answers<Page<CreditModel>>().Refuses(ProblemTypes.NotFound, ProblemTypes.OrganisationRequired);
    }

    private static async Task<IResult> IssueAsync(
        string invoiceId, CreditRequest body, RequestKey key, CreditInvoiceHandler credit, CancellationToken cancellationToken)
    {
        if (!InvoiceId.TryParse(invoiceId, out var id)) return Answer.NotFound();
        var fields = new Fields();
        var (reason, lines) = Read(body, fields);
        if (!fields.AreValid) return fields.Problem;
        var attempt = await credit.IssueAsync(id, lines, reason, key.Value, cancellationToken);
        return Answer.Created(attempt, _ => $"/v1/invoices/{id}/credit-notes", ToModel, refusal => TypeOf(refusal).With());
    }

    private static async Task<IResult> RefundAsync(
        string invoiceId, CreditRequest body, RequestKey key, CreditInvoiceHandler credit, CancellationToken cancellationToken)
    {
        if (!InvoiceId.TryParse(invoiceId, out var id)) return Answer.NotFound();
        var fields = new Fields();
        var (reason, lines) = Read(body, fields);
        if (!fields.AreValid) return fields.Problem;
        var attempt = await credit.RefundAsync(id, lines, reason, key.Value, cancellationToken);
        return Answer.Created(attempt, _ => $"/v1/invoices/{id}/refunds", ToModel, refusal => TypeOf(refusal).With());
    }

    private static async Task<IResult> WriteOffAsync(
        string invoiceId, WriteOffRequest body, RequestKey key, WriteOffInvoiceHandler writeOff, CancellationToken cancellationToken)
    {
        if (!InvoiceId.TryParse(invoiceId, out var id)) return Answer.NotFound();
        var fields = new Fields();
        var reason = fields.Text("/reason", body.Reason, 1, MaxReasonLength);
        if (!fields.AreValid) return fields.Problem;
        var attempt = await writeOff.ExecuteAsync(id, reason, key.Value, cancellationToken);
        return Answer.Done(attempt, invoice => invoice.ToModel(withLines: true), refusal => TypeOf(refusal).With());
    }

    private static async Task<IResult> ListNotesAsync(string invoiceId, Caller caller, BillingReads reads, CancellationToken cancellationToken)
    {
        if (!caller.MayReadBilling()) return ProblemTypes.OrganisationRequired.With();
        if (!InvoiceId.TryParse(invoiceId, out var id)) return Answer.NotFound();
        if (await reads.FindInvoiceAsync(caller.OrganisationId, id, cancellationToken) is not { } invoice) return Answer.NotFound();
        var notes = await reads.ListCreditNotesAsync(invoice, cancellationToken).ToListAsync(cancellationToken);
        return Answer.Ok(PageQuery.Page([.. notes.Select(ToModel)], null));
    }

    private static async Task<IResult> ListRefundsAsync(string invoiceId, Caller caller, BillingReads reads, CancellationToken cancellationToken)
    {
        if (!caller.MayReadBilling()) return ProblemTypes.OrganisationRequired.With();
        if (!InvoiceId.TryParse(invoiceId, out var id)) return Answer.NotFound();
        if (await reads.FindInvoiceAsync(caller.OrganisationId, id, cancellationToken) is not { } invoice) return Answer.NotFound();
        var refunds = await reads.ListRefundsAsync(invoice, cancellationToken).ToListAsync(cancellationToken);
        return Answer.Ok(PageQuery.Page([.. refunds.Select(ToModel)], null));
    }

    private static (string Reason, IReadOnlyList<LineCredit>? Lines) Read(CreditRequest body, Fields fields)
    {
        var reason = fields.Text("/reason", body.Reason, 1, MaxReasonLength);
        var lines = body.Lines?.Select((line, i) => new LineCredit(
            fields.Id<UsageKind>($"/lines/{i}/usageId", line.UsageId),
            line.Amount is null ? null : fields.Money($"/lines/{i}/amount", line.Amount))).ToList();
        return (reason, lines);
    }

    private static CreditModel ToModel(CreditNote note) => new(
        note.CreditNoteId.ToString(), note.InvoiceId.ToString(), WireForms.Name(note.State), note.Reason, note.Amount.ToModel(),
        [.. note.Lines.Select(ToModel)], note.CreatedAt.ToWire(), note.IssuedAt?.ToWire(), note.EntryId.ToString(), note.ExternalId,
        note.RefundId?.ToString(), null);

    private static CreditModel ToModel(Refund refund) => new(
        refund.RefundId.ToString(), refund.InvoiceId.ToString(), WireForms.Name(refund.State), refund.Reason, refund.Amount.ToModel(),
        [.. refund.Lines.Select(ToModel)], refund.CreatedAt.ToWire(), refund.MadeAt?.ToWire(), refund.EntryId.ToString(), refund.ExternalId, null,
        refund.ToPrepaid().ToModel());

    private static CreditLineModel ToModel(CreditedLine line) => new(
        line.UsageId.ToString(), line.Provider.ToString(), line.Parts.Total().ToModel(),
        line.Parts.Share.ToModel(), line.Parts.Fee.ToModel(), line.Parts.Tax.ToModel());

    private static ProblemType TypeOf(WriteOffRefusal refusal) => refusal switch
    {
        WriteOffRefusal.InvoiceUnknown => ProblemTypes.NotFound,
        WriteOffRefusal.InvoiceNotFinal => ProblemTypes.InvoiceNotFinal,
        WriteOffRefusal.InvoiceClosed => ProblemTypes.InvoiceClosed,
        WriteOffRefusal.InvoicePaid => ProblemTypes.InvoicePaid,
        WriteOffRefusal.LineDisputed => ProblemTypes.InvoiceLineDisputed,
        WriteOffRefusal.CreditNotePending => ProblemTypes.CreditNotePending,
        WriteOffRefusal.PartlyPaid => ProblemTypes.InvoicePartlyPaid,
    };

    private static ProblemType TypeOf(CreditRefusal refusal) => refusal switch
    {
        CreditRefusal.InvoiceUnknown => ProblemTypes.NotFound,
        CreditRefusal.InvoiceNotFinal => ProblemTypes.InvoiceNotFinal,
        CreditRefusal.InvoiceClosed => ProblemTypes.InvoiceClosed,
        CreditRefusal.InvoicePaid => ProblemTypes.InvoicePaid,
        CreditRefusal.InvoiceNotPaid => ProblemTypes.InvoiceNotPaid,
        CreditRefusal.LineUnknown => ProblemTypes.InvoiceLineUnknown,
        CreditRefusal.LineRepeated => ProblemTypes.InvoiceLineRepeated,
        CreditRefusal.LineDisputed => ProblemTypes.InvoiceLineDisputed,
        CreditRefusal.CurrencyDiffers => ProblemTypes.CreditCurrencyDiffers,
        CreditRefusal.NothingToCredit => ProblemTypes.NothingToCredit,
        CreditRefusal.ExceedsLine => ProblemTypes.CreditExceedsLine,
        CreditRefusal.ExceedsUnpaid => ProblemTypes.CreditExceedsUnpaid,
    };
}
