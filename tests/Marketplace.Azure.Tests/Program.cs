using Marketplace.Azure.Tests.Processes;

// The three-process test starts this executable again as an instance of the marketplace; else it is the test runner.
if (args is [Instance.Argument, var settings]) return await Instance.RunAsync(settings);

return args.Any(arg => arg is "--server" or "--internal-msbuild-node")
    ? await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(
        args, Marketplace.Azure.Tests.SelfRegisteredExtensions.AddSelfRegisteredExtensions)
    : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
