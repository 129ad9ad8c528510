using PeftLabs.Cli;
using PeftLabs.Cli.Commands;

return await Launcher.RunAsync(args, Console.Error, AllCommands.Create());
