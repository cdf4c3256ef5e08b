return await OpenShare.Registration.Commands.CommandLine.RunAsync(args, Console.Out, Console.Error);
