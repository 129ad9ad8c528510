using System.CommandLine;

namespace PeftLabs.Cli;

/// <summary>A command that says itself what Ctrl-C means; for any other one it is the end.</summary>
public sealed class InteractiveCommand(string name, string description) : Command(name, description);
