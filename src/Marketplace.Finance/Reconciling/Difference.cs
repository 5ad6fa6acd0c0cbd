using System.Security.Cryptography;
using System.Text;
using NodaTime;

namespace Marketplace.Finance;

/// <summary>What two records of the same business fact disagree about.</summary>
public enum DifferenceKind
{
    /// <summary>A charge rests on no usage record.</summary>
    MissingUsage,

    /// <summary>A usage record was never rated.</summary>
    MissingCharge,

    /// <summary>A usage record was rated twice.</summary>
    DuplicateCharge,

    /// <summary>What happened is not in the ledger.</summary>
    MissingEntry,

    /// <summary>The ledger has it twice.</summary>
    DuplicateEntry,

    /// <summary>The ledger has an entry for something that nobody knows.</summary>
    UnknownEntry,

    /// <summary>An invoiced charge is on no invoice at the payment service.</summary>
    MissingLine,

    /// <summary>The payment service bills a charge twice.</summary>
    DuplicateLine,

    /// <summary>The payment service bills something that we did not charge, or does not say what it is for.</summary>
    UnknownLine,

    /// <summary>A charge is on another invoice there than here.</summary>
    InvoiceDiffers,

    /// <summary>The amounts differ.</summary>
    AmountDiffers,

    /// <summary>The currencies differ.</summary>
    CurrencyDiffers,

    /// <summary>The GPU-seconds differ though the amounts agree.</summary>
    QuantityDiffers,

    /// <summary>The total agrees; the fee or the tax does not.</summary>
    SplitDiffers,

    /// <summary>The ledger books it in another month than it was metered in.</summary>
    PeriodDiffers,

    /// <summary>An invoice or a top-up counts as paid and there is no payment.</summary>
    MissingPayment,

    /// <summary>An invoice or a top-up was paid twice.</summary>
    DuplicatePayment,

    /// <summary>A payment is for no invoice and no top-up of ours.</summary>
    UnmatchedPayment,

    /// <summary>A payment, or what it brought to the balance, is not what is due of the invoice, or not the top-up.</summary>
    PaymentAmountDiffers,

    /// <summary>A payout has no transfer.</summary>
    MissingTransfer,

    /// <summary>A payout was transferred twice.</summary>
    DuplicateTransfer,

    /// <summary>A transfer is for no payout of ours.</summary>
    UnknownTransfer,

    /// <summary>A transfer is not what its charges owe the provider.</summary>
    TransferDiffers,

    /// <summary>The stored readings do not give the usage record.</summary>
    ReadingsDiffer,

    /// <summary>Charges are in a payout that billing does not have.</summary>
    MissingPayout,

    /// <summary>A payout is not the sum of its shares.</summary>
    PayoutDiffers,

    /// <summary>A credit note, refund or reversal of ours is not at the payment service.</summary>
    MissingCorrection,

    /// <summary>The payment service made one twice.</summary>
    DuplicateCorrection,

    /// <summary>The payment service made one that we did not order.</summary>
    UnknownCorrection,

    /// <summary>A credit note, refund or reversal is there for another amount than here.</summary>
    CorrectionDiffers,

    /// <summary>A payout to the bank is not the sum of the balance transactions that it settles.</summary>
    BankPayoutDiffers,

    /// <summary>An entry was booked in a month that was closed before.</summary>
    LateEntry,

    /// <summary>The payment service does not know that a part of an invoice is paid in advance.</summary>
    MissingPrepaidUse,

    /// <summary>The payment service has the same part as paid in advance twice.</summary>
    DuplicatePrepaidUse,

    /// <summary>The payment service has a part of an invoice as paid in advance, and we did not use credit for it.</summary>
    UnknownPrepaidUse,

    /// <summary>A part that is paid in advance is another amount there than here.</summary>
    PrepaidUseDiffers,

    /// <summary>What is left of what was set aside for a trade is not what it should be: released here and not in the ledger, or the reverse, or not captured by a charge.</summary>
    HoldDiffers,

    /// <summary>What was held for a dispute, or let go, is another amount here than in the ledger, or more than the charge has.</summary>
    DisputeDiffers,

    /// <summary>What was given up of an invoice is not what was owed, or stands though the invoice was paid.</summary>
    WriteOffDiffers,
}

/// <summary>Where a record comes from, in the order in which one follows from another.</summary>
public enum RecordStage
{
    /// <summary>Signed readings, priced.</summary>
    Readings,

    /// <summary>Metered usage, priced.</summary>
    Usage,

    /// <summary>A rated charge.</summary>
    Charge,

    /// <summary>An entry in the ledger.</summary>
    LedgerEntry,

    /// <summary>A line of an invoice at the payment service.</summary>
    InvoiceLine,

    /// <summary>Our invoice: the sum of its charges.</summary>
    Invoice,

    /// <summary>Our top-up: a payment in advance.</summary>
    TopUp,

    /// <summary>A part of our invoice that is paid in advance.</summary>
    PrepaidUse,

    /// <summary>The same at the payment service.</summary>
    ExternalPrepaidUse,

    /// <summary>A payment at the payment service.</summary>
    Payment,

    /// <summary>What a payment brought to the balance there.</summary>
    BalanceTransaction,

    /// <summary>Our payout: the providers' part of its charges.</summary>
    Payout,

    /// <summary>A transfer at the payment service.</summary>
    Transfer,

    /// <summary>Our credit note.</summary>
    CreditNote,

    /// <summary>Our refund.</summary>
    Refund,

    /// <summary>Our reversal of a transfer.</summary>
    TransferReversal,

    /// <summary>A credit note, refund or reversal at the payment service.</summary>
    ExternalCorrection,

    /// <summary>A payout of the payment service to the bank.</summary>
    BankPayout,

    /// <summary>Our record of what was set aside for a trade.</summary>
    Hold,

    /// <summary>Our record of what was held for a dispute.</summary>
    Dispute,

    /// <summary>Our record of an invoice that was given up.</summary>
    WriteOff,
}

/// <summary>One side of a difference.</summary>
/// <param name="Stage">Where it comes from.</param>
/// <param name="Id">Its id there.</param>
/// <param name="Amount">Its amount.</param>
public sealed record DifferenceSide(RecordStage Stage, string Id, Money Amount);

/// <summary>One disagreement.</summary>
/// <param name="Kind">What about.</param>
/// <param name="Subject">The usage record, invoice or payout concerned; the stray record's own id where there is none.</param>
/// <param name="Expected">The side that says how it should be; null where it is the other that should not exist.</param>
/// <param name="Found">The side that disagrees; null where it is missing.</param>
/// <param name="Resolution">How finance resolved it; null while it is open.</param>
public sealed record Difference(DifferenceKind Kind, string Subject, DifferenceSide? Expected, DifferenceSide? Found, Resolution? Resolution = null)
{
    /// <summary>Names the same disagreement in every reconciliation: made of all that it says.</summary>
    public string DifferenceId => "dif_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('|', Kind, Subject, Text(Expected), Text(Found)))))[..24];

    /// <summary>What finance should do.</summary>
    public string SuggestedAction => Kind switch
    {
        DifferenceKind.MissingUsage => "Find the metering evidence of the charge; if there is none, reverse the charge and credit the buyer.",
        DifferenceKind.MissingCharge => "Resubmit the usage record to billing; look for it among the dead letters.",
        DifferenceKind.DuplicateCharge => "Reverse the second charge and credit the buyer if it was invoiced.",
        DifferenceKind.MissingEntry => "Resubmit the entry to the ledger; look for it among the dead letters.",
        DifferenceKind.DuplicateEntry => "Reverse the second entry with a new one.",
        DifferenceKind.UnknownEntry => "Find who recorded the entry; reverse it if nothing stands behind it.",
        DifferenceKind.MissingLine => "Put the charge on the buyer's next invoice.",
        DifferenceKind.DuplicateLine => "Credit the second line to the buyer.",
        DifferenceKind.UnknownLine => "Find who added the line at the payment service; label it, or credit it to the buyer.",
        DifferenceKind.InvoiceDiffers => "Correct the invoice reference on the side that is wrong.",
        DifferenceKind.AmountDiffers => "Correct the side that is wrong: a credit or a further line to the buyer, a reversal in the ledger.",
        DifferenceKind.CurrencyDiffers => "Credit what was billed in the wrong currency and bill it again.",
        DifferenceKind.QuantityDiffers => "Compare the charge with the metering evidence and correct its GPU-seconds.",
        DifferenceKind.SplitDiffers => "Move the difference between fee, tax and provider with a new entry.",
        DifferenceKind.PeriodDiffers => "Accrue the amount in the month of use.",
        DifferenceKind.MissingPayment => "Ask the payment service how it was paid; reopen the invoice, or take back the credit, if it was not.",
        DifferenceKind.DuplicatePayment => "Refund the second payment.",
        DifferenceKind.UnmatchedPayment => "Find the payer and apply the payment to an invoice, or refund it.",
        DifferenceKind.PaymentAmountDiffers => "Bill or refund what is between the payment and the invoice.",
        DifferenceKind.MissingTransfer => "Make the transfer; look for the payout among the dead letters.",
        DifferenceKind.DuplicateTransfer => "Reverse the second transfer.",
        DifferenceKind.UnknownTransfer => "Reverse the transfer unless a payout stands behind it.",
        DifferenceKind.TransferDiffers => "Transfer the rest, or reverse what is too much.",
        DifferenceKind.ReadingsDiffer => "Look at the evidence of the usage record: which batch is missing or altered; correct the buyer in the open month.",
        DifferenceKind.MissingPayout => "Find out what the charges were paid out with; resubmit the payout.",
        DifferenceKind.PayoutDiffers => "Compare the payout with its charges; pay or reverse what is between.",
        DifferenceKind.MissingCorrection => "Resubmit the credit note, refund or reversal; look for it among the dead letters.",
        DifferenceKind.DuplicateCorrection => "Void the second one at the payment service, or book it.",
        DifferenceKind.UnknownCorrection => "Find who made it at the payment service; book it, or void it there.",
        DifferenceKind.CorrectionDiffers => "Correct the side that is wrong: a further credit note or refund, or an entry.",
        DifferenceKind.BankPayoutDiffers => "Compare the payout's balance transactions with the bank statement, and ask the payment service.",
        DifferenceKind.LateEntry => "Reverse the entry and book it in the open month as a correction.",
        DifferenceKind.MissingPrepaidUse => "Tell the payment service again; look for the invoice among the dead letters.",
        DifferenceKind.DuplicatePrepaidUse => "Detach the second one at the payment service, and collect what it kept from being collected.",
        DifferenceKind.UnknownPrepaidUse => "Find who recorded it at the payment service; book it, or collect the amount.",
        DifferenceKind.PrepaidUseDiffers => "Correct the side that is wrong: an entry, or the record at the payment service.",
        DifferenceKind.HoldDiffers => "Compare the hold's entries with the lease's charges; release what is left of it, or look for the command among the dead letters.",
        DifferenceKind.DisputeDiffers => "Compare the held share with its charge and the dispute; move what is between with a new entry.",
        DifferenceKind.WriteOffDiffers => "Compare the invoice with its charges and credits; reverse the entry if the buyer paid, or correct it.",
        _ => throw new InvariantException($"Unknown difference {Kind}."),
    };

    private static string Text(DifferenceSide? side) => side is null ? "" : $"{side.Stage} {side.Id} {side.Amount.Amount} {side.Amount.Currency.Code}";
}

/// <summary>How finance resolved a difference.</summary>
/// <param name="Reason">Why it needs no more work.</param>
/// <param name="ResolvedBy">Who says so.</param>
/// <param name="ResolvedAt">When.</param>
/// <param name="EntryId">The ledger entry that settles it; null where none does.</param>
public sealed record Resolution(string Reason, string ResolvedBy, Instant ResolvedAt, EntryId? EntryId);
