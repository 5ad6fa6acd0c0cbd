using Marketplace.Conformance.Tests.Sqlite;

// The kill test starts this executable again as a host that commits until it is killed; else it is the test runner.
if (args is [CommitUntilKilled.Argument, var path]) return await CommitUntilKilled.RunAsync(path);

return args.Any(arg => arg is "--server" or "--internal-msbuild-node")
    ? await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(
        args, Marketplace.Conformance.Tests.SelfRegisteredExtensions.AddSelfRegisteredExtensions)
    : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
