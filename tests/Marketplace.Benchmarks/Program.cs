using System.CommandLine;
using Marketplace.Benchmarks.Metering;
using Marketplace.Benchmarks.Trading;

var root = new RootCommand("Measures how fast the marketplace is. Build with -c Release.")
{
    TradingCommand.Create(),
    MeteringCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
