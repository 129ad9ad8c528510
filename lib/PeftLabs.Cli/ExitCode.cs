namespace PeftLabs.Cli;

/// <summary>What the lab command, and the script around it, end with.</summary>
public static class ExitCode
{
    /// <summary>Everything was done.</summary>
    public const int Done = 0;

    /// <summary>Something failed; a line on standard error says what.</summary>
    public const int Failed = 1;

    /// <summary>The command line was not understood.</summary>
    public const int Usage = 2;

    /// <summary>Something is missing on this machine, and the message says how to get it.</summary>
    public const int Missing = 3;

    /// <summary>Ctrl-C or a termination signal ended the command.</summary>
    public const int Interrupted = 130;
}
