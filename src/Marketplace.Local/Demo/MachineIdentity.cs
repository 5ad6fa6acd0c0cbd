using System.Security.Cryptography;

namespace Marketplace.Local.Demo;

/// <summary>A machine of the story, with the key that its worker made.</summary>
/// <param name="Id">Its id.</param>
/// <param name="ResourceIdentifier">Its public identifier.</param>
/// <param name="Enrolment">The enrolment of its key.</param>
/// <param name="KeyFile">Where its worker keeps the key.</param>
/// <param name="Key">The key, to sign readings as the machine's agent does.</param>
internal sealed record MachineIdentity(MachineId Id, string ResourceIdentifier, EnrolmentId Enrolment, string KeyFile, ECDsa Key);

/// <summary>A provider of the story, once it is registered.</summary>
/// <param name="Role">Who it is.</param>
/// <param name="Id">Its organisation.</param>
/// <param name="Machine">Its machine.</param>
internal sealed record SettledProvider(Cast.Provider Role, string Id, MachineIdentity Machine);
