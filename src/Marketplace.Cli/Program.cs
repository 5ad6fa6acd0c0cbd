using Marketplace.Cli;

return await MarketplaceCli.RunAsync(args, Console.Out, Console.Error, address => new HttpClient { BaseAddress = address }, CancellationToken.None);
