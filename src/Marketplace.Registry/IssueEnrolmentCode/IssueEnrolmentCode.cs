using Marketplace.Registry.Enrolments;
using Marketplace.Runtime.Work;

namespace Marketplace.Registry.IssueEnrolmentCode;

/// <summary>Command: give the provider a one-time code with which its machine enrols a key.</summary>
/// <param name="Provider">Whose machine.</param>
/// <param name="MachineId">The machine.</param>
public sealed record IssueEnrolmentCode(OrganisationId Provider, MachineId MachineId);

/// <summary>Why no code is issued; the first that applies.</summary>
public enum IssueEnrolmentCodeRefusal
{
    /// <summary>The provider has no such machine.</summary>
    MachineUnknown,

    /// <summary>The machine has 32 enrolments that are not revoked; some must be revoked first.</summary>
    TooManyEnrolments,
}

/// <summary>The answer to a request for a code.</summary>
/// <param name="Enrolment">How the request ended.</param>
/// <param name="Code">The code's text; null where the request was refused, or repeated after a code was used, revoked or expired.</param>
public sealed record IssuedCode(Attempt<EnrolmentEntry, IssueEnrolmentCodeRefusal> Enrolment, string? Code);
