let exportCommand = Subcommand(
  syntax: CommandSyntax(
    name: "export", overview: "Write the weights of a container as floats.",
    arguments: [ArgumentSyntax(name: "model.pare", help: "The container; - is standard input.")],
    examples: []),
  run: { (_, _) throws(CommandError) in .success })
