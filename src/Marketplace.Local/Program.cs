using System.CommandLine;
using Marketplace.Local.Demo;
using Marketplace.Local.Serve;
using Marketplace.Local.Tokens;

var root = new RootCommand("The whole marketplace on one machine.");
ServeCommand.AddTo(root);
root.Subcommands.Add(ServeCommand.Create());
root.Subcommands.Add(TokenCommand.Create());
root.Subcommands.Add(DemoCommand.Create());

// The web host handles SIGTERM and Ctrl-C itself, and takes the time it needs.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
