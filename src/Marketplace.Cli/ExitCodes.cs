namespace Marketplace.Cli;

/// <summary>What the program's exit code says, for scripts.</summary>
public static class ExitCodes
{
    /// <summary>Done; nothing is open.</summary>
    public const int Done = 0;

    /// <summary>The server refused or could not be reached, or a file could not be written. Nothing may be concluded.</summary>
    public const int Fault = 1;

    /// <summary>The arguments are wrong; nothing was asked of the server.</summary>
    public const int Usage = 2;

    /// <summary>The month's records differ and something is open: of a reconciliation, or why a month is not closed.</summary>
    public const int DifferencesOpen = 3;

    /// <summary>A certificate does not hold.</summary>
    public const int CertificateWrong = 4;

    /// <summary>Everything in a certificate holds, but its time is over.</summary>
    public const int CertificateExpired = 5;
}
