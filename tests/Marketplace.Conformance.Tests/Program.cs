using Marketplace.Conformance.Tests.Azure;
using Marketplace.Conformance.Tests.Sqlite;

// Tests that kill a process start this executable again as that process; else it is the test runner.
if (args is [CommitUntilKilled.Argument, var path]) return await CommitUntilKilled.RunAsync(path);
if (args is [AzuriteLifeTests.HoldArgument]) return await AzuriteLifeTests.HoldAsync();

return args.Any(arg => arg is "--server" or "--internal-msbuild-node")
    ? await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(
        args, Marketplace.Conformance.Tests.SelfRegisteredExtensions.AddSelfRegisteredExtensions)
    : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
