using System.Text.RegularExpressions;
using Marketplace.Registry.Organisations;
using NodaTime;

namespace Marketplace.Registry.RegisterOrganisation;

/// <summary>Decides on registrations of organisations.</summary>
public static partial class OrganisationRules
{
    private const int MaxNameLength = 200;
    private const int MaxEmailLength = 254;

    /// <summary>The organisation that a command makes.</summary>
    public static Result<Organisation, RegisterOrganisationRefusal> Register(RegisterOrganisation command, OrganisationId id, Instant now)
    {
        if (string.IsNullOrWhiteSpace(command.Name) || command.Name.Length > MaxNameLength || command.Name.Any(char.IsControl))
        {
            return RegisterOrganisationRefusal.NameMalformed;
        }

        if (command.Email.Length > MaxEmailLength || !Email().IsMatch(command.Email)) return RegisterOrganisationRefusal.EmailMalformed;
        if (!Country().IsMatch(command.CountryCode)) return RegisterOrganisationRefusal.CountryMalformed;
        if (!command.Provides && !command.Buys) return RegisterOrganisationRefusal.NoRole;
        return new Organisation(id, command.Name, command.Email, command.CountryCode, command.Provides, command.Buys, now);
    }

    [GeneratedRegex(@"\A[^@\s\p{C}]+@[^@\s\p{C}]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Email();

    [GeneratedRegex(@"\A[A-Z]{2}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Country();
}
