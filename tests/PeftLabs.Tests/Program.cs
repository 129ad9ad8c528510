using PeftLabs.Tests.Training.Resume;
using Xunit.Runner.InProc.SystemConsole;

// The tests' program is also the process that the tests of resuming kill: it starts fast, and knows the tests' tiny model.
return args is [Trainee.Command, .. var rest] ? Trainee.Run(rest) : await ConsoleRunner.Run(args);
