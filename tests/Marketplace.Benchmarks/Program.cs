using System.CommandLine;
using Marketplace.Benchmarks.Metering;
using Marketplace.Benchmarks.Trading;
using Marketplace.Benchmarks.Verification;

var root = new RootCommand("Measures how fast the marketplace is. Build with -c Release.")
{
    TradingCommand.Create(),
    MeteringCommand.Create(),
    VerificationCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
