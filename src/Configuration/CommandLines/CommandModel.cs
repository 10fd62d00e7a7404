using System.CommandLine;

namespace TspActors.Configuration.CommandLines;

/// <summary>The kind of file that an option's value names. A shell needs this to complete the value.</summary>
internal enum FileCompletion
{
    /// <summary>The value does not name a file.</summary>
    None,

    /// <summary>Any file.</summary>
    Files,

    /// <summary>Folders only.</summary>
    Folders,
}

/// <summary>A command, as described in completions and the manual.</summary>
/// <param name="Path">The words that select it, such as "device add"; empty for the program itself.</param>
/// <param name="Description">A one-line description of the command.</param>
/// <param name="Commands">The names and descriptions of its subcommands.</param>
/// <param name="Arguments">The names of its arguments, in brackets if they are optional.</param>
/// <param name="Options">Its options, including those that it shares with all commands.</param>
internal sealed record CommandModel(
    string Path, string Description, IReadOnlyList<(string Name, string Description)> Commands, IReadOnlyList<string> Arguments,
    IReadOnlyList<OptionModel> Options)
{
    /// <summary>Returns the models of the program's root command and all of its subcommands.</summary>
    public static IReadOnlyList<CommandModel> Of(RootCommand root) => [.. Read(root, "", [])];

    private static IEnumerable<CommandModel> Read(Command command, string path, IReadOnlyList<OptionModel> inherited)
    {
        var own = command.Options.Where(option => !option.Hidden).ToList();
        var options = own.Select(OptionModel.Of).Concat(inherited)
            .DistinctBy(option => option.Name).OrderBy(option => option.Name, StringComparer.Ordinal).ToList();
        var commands = command.Subcommands.Where(below => !below.Hidden).ToList();
        yield return new CommandModel(
            path, command.Description ?? "", [.. commands.Select(below => (below.Name, below.Description ?? ""))],
            [.. command.Arguments.Where(argument => !argument.Hidden).Select(Shown)], options);
        var shared = inherited.Concat(own.Where(option => option.Recursive).Select(OptionModel.Of)).ToList();
        foreach (var below in commands.SelectMany(below => Read(below, $"{path} {below.Name}".Trim(), shared)))
            yield return below;
    }

    private static string Shown(Argument argument) =>
        argument.Arity.MinimumNumberOfValues == 0 ? $"[{argument.Name}]" : argument.Name;
}

/// <summary>An option, as described in completions and the manual.</summary>
/// <param name="Name">The name, with its dashes.</param>
/// <param name="Description">A one-line description of the option.</param>
/// <param name="Value">The placeholder for its value, such as FILE; null if it takes none.</param>
internal sealed record OptionModel(string Name, string Description, string? Value)
{
    /// <summary>The kind of file that the value names.</summary>
    public FileCompletion Files => Value switch
    {
        "FILE" => FileCompletion.Files,
        "DIR" => FileCompletion.Folders,
        _ => FileCompletion.None,
    };

    /// <summary>Converts an option from System.CommandLine.</summary>
    public static OptionModel Of(Option option) => new(
        option.Name, (option.Description ?? "").ReplaceLineEndings(" "),
        option.Arity.MaximumNumberOfValues == 0 || option.ValueType == typeof(bool) ? null : option.HelpName ?? "VALUE");
}
