using System.CommandLine;
using Marketplace.Benchmarks.Cloud;
using Marketplace.Benchmarks.Metering;
using Marketplace.Benchmarks.Trading;
using Marketplace.Benchmarks.Verification;

var root = new RootCommand("Measures how fast the marketplace is, and says what it takes in the cloud. Build with -c Release.")
{
    TradingCommand.Create(),
    MeteringCommand.Create(),
    VerificationCommand.Create(),
    CapacityCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
