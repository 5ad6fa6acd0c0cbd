using System.CommandLine;

namespace Marketplace.Cli.Certificates;

/// <summary><c>certificate</c>: certificates of proven capacity.</summary>
internal static class CertificateCommand
{
    public static Command Create(Connection connection) => new("certificate", "Certificates of proven capacity.")
    {
        GetCommand.Create(connection),
        VerifyCommand.Create(connection),
    };
}
