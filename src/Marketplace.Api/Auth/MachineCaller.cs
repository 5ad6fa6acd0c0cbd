using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace Marketplace.Api.Auth;

/// <summary>A machine that makes a request with its enrolled key. Take it as a parameter of an endpoint that requires a machine.</summary>
/// <param name="EnrolmentId">The enrolment whose key signed the token.</param>
/// <param name="MachineId">The machine.</param>
/// <param name="Provider">Whose machine it is.</param>
public sealed record MachineCaller(EnrolmentId EnrolmentId, MachineId MachineId, OrganisationId Provider)
{
    internal const string MachineClaim = "machine";

    /// <summary>Reads the machine of a request that was authenticated as one.</summary>
    public static ValueTask<MachineCaller> BindAsync(HttpContext context)
    {
        var user = context.User;
        return ValueTask.FromResult(new MachineCaller(
            EnrolmentId.Parse(user.FindFirstValue("sub") ?? ""),
            MachineId.Parse(user.FindFirstValue(MachineClaim) ?? ""),
            OrganisationId.Parse(user.FindFirstValue(Caller.OrganisationClaim) ?? "")));
    }
}
