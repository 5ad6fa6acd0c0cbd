namespace Marketplace.Api.Problems;

public static partial class ProblemTypes
{
    /// <summary>A batch names a key that is not the machine's.</summary>
    public static ProblemType MachineKeyUnknown { get; } = new(
        "machine_key_unknown", 422, "Machine key unknown", "The key that signed is not enrolled for this machine, or it is revoked.");

    /// <summary>A batch's signature does not verify.</summary>
    public static ProblemType ReadingsSignatureInvalid { get; } = new(
        "readings_signature_invalid",
        422,
        "Signature invalid",
        "The signature is not the machine key's over the batch's canonical bytes. Nothing of the batch was taken.");

    /// <summary>A batch does not follow the last one.</summary>
    public static ProblemType ReadingsOutOfChain { get; } = new(
        "readings_out_of_chain",
        409,
        "Batch out of chain",
        "The batch before is not the last one that was taken: read the head, chain to it and sign again.");

    /// <summary>No batch of the lease has this hash.</summary>
    public static ProblemType BatchUnknown { get; } = new(
        "batch_unknown", 404, "Batch unknown", "No batch of the lease that was taken has this hash.");

    /// <summary>A countersignature names a key that may not countersign.</summary>
    public static ProblemType CountersigningKeyUnknown { get; } = new(
        "countersigning_key_unknown", 422, "Countersigning key unknown", "The key is not the buyer's, is for another lease, or is revoked.");

    /// <summary>A countersignature does not verify.</summary>
    public static ProblemType CountersignatureInvalid { get; } = new(
        "countersignature_invalid", 422, "Countersignature invalid", "The signature is not the key's over the batch's hash. Nothing was kept.");

    /// <summary>A batch has a countersignature.</summary>
    public static ProblemType AlreadyCountersigned { get; } = new(
        "already_countersigned", 409, "Already countersigned", "The batch was countersigned with another key; the first countersignature stands.");
}
