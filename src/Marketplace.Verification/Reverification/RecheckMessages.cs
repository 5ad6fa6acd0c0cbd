using Marketplace.Contracts;

namespace Marketplace.Verification.Reverification;

/// <summary>Command: a provider's machines were drawn. Sent to be due then.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Draw">The count of the draw.</param>
public sealed record DrawRecheck(OrganisationId Provider, int Draw) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "verification.draw-recheck.v1";
}

/// <summary>A listing's proof is about to expire, or has. Sent to be due then; it looks again where there is a newer one.</summary>
/// <param name="Provider">Whose listing.</param>
/// <param name="ListingId">The listing.</param>
/// <param name="CertificateId">The certificate that made it active; nothing to do if another did since.</param>
/// <param name="IsExpired">Whether it has expired.</param>
public sealed record CertificateDue(OrganisationId Provider, ListingId ListingId, CertificateId CertificateId, bool IsExpired) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "verification.certificate-due.v1";
}

/// <summary>A session of a window has ended.</summary>
/// <param name="Provider">Whose machine.</param>
/// <param name="WindowId">The window.</param>
/// <param name="MachineId">The machine.</param>
/// <param name="VerificationId">The session.</param>
/// <param name="Answer">How it ended.</param>
public sealed record RecheckAnswered(
    OrganisationId Provider, RecheckWindowId WindowId, MachineId MachineId, VerificationId VerificationId, RecheckAnswer Answer) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "verification.recheck-answered.v1";
}

/// <summary>Command: decide a window with the answers that are there. Sent to be due after its end.</summary>
/// <param name="Provider">Whose machines.</param>
/// <param name="WindowId">The window.</param>
public sealed record CloseWindow(OrganisationId Provider, RecheckWindowId WindowId) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "verification.close-window.v1";
}

/// <summary>Command: tell the verdicts of a decided window, some at a time.</summary>
/// <param name="Provider">Whose machines.</param>
/// <param name="WindowId">The window.</param>
/// <param name="From">The machine to go on with, from 0.</param>
public sealed record TellVerdicts(OrganisationId Provider, RecheckWindowId WindowId, int From) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "verification.tell-verdicts.v1";
}

/// <summary>Command: end a session that passed by itself, now that its window is decided.</summary>
/// <param name="MachineId">The machine.</param>
/// <param name="VerificationId">The session.</param>
/// <param name="Holds">Whether it passes with the others too.</param>
/// <param name="Proven">What it proved per GPU; null where nothing.</param>
public sealed record SettleRecheck(MachineId MachineId, VerificationId VerificationId, bool Holds, Capacity? Proven) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "verification.settle-recheck.v1";
}
