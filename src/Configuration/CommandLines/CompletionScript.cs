using System.CommandLine;
using System.Text;

namespace TspActors.Configuration.CommandLines;

/// <summary>Writes the scripts that let shells complete the commands and options of a program.</summary>
internal static class CompletionScript
{
    /// <summary>The supported shells.</summary>
    public static readonly IReadOnlyList<string> Shells = ["bash", "zsh", "fish"];

    /// <summary>Returns the script for a shell.</summary>
    /// <param name="program">The program's name, as it is typed.</param>
    /// <param name="shell">One of <see cref="Shells"/>.</param>
    /// <param name="root">The commands and options.</param>
    public static string For(string program, string shell, RootCommand root)
    {
        var commands = CommandModel.Of(root);
        return shell switch
        {
            "bash" => Bash(program, commands),
            "zsh" => Zsh(program, commands),
            "fish" => Fish(program, commands),
            _ => throw new ArgumentException($"no completion for {shell}", nameof(shell)),
        };
    }

    private static string Bash(string program, IReadOnlyList<CommandModel> commands)
    {
        var function = $"_{program.Replace('-', '_')}";
        var text = new StringBuilder($"""
            # Completion for {program} in bash:  source <({program} completion bash)
            {function}() {Open}
                local current=${Open}COMP_WORDS[COMP_CWORD]{Close} before=${Open}COMP_WORDS[COMP_CWORD-1]{Close} command="" word words
                COMPREPLY=()

            """);
        AppendPathsAndFiles(text, commands, "${COMP_WORDS[@]:1:COMP_CWORD-1}", "$before", new FileWords(
            "COMPREPLY=($(compgen -f -- \"$current\")); compopt -o filenames 2> /dev/null",
            "COMPREPLY=($(compgen -d -- \"$current\")); compopt -o filenames 2> /dev/null"));
        text.Append($"""
                COMPREPLY=($(compgen -W "$words" -- "$current"))
            {Close}
            complete -o default -F {function} {program}

            """);
        return text.ToString();
    }

    private static string Zsh(string program, IReadOnlyList<CommandModel> commands)
    {
        var function = $"_{program.Replace('-', '_')}";
        var text = new StringBuilder($"""
            #compdef {program}
            # Completion for {program} in zsh:  source <({program} completion zsh)
            {function}() {Open}
                local command="" word words_of

            """);
        AppendPathsAndFiles(
            text, commands, "${words[2,CURRENT-1]}", "${words[CURRENT-1]}", new FileWords("_files", "_files -/"), list: "words_of");
        text.Append($"""
                compadd -- $=words_of
                [[ ${Open}words[CURRENT]{Close} == -* ]] || _files
            {Close}
            if [ "$funcstack[1]" = "{function}" ]; then {function} "$@"; else compdef {function} {program}; fi

            """);
        return text.ToString();
    }

    // The section that the bash and zsh scripts share. It determines which command has been typed and what may follow it.
    private static void AppendPathsAndFiles(
        StringBuilder text, IReadOnlyList<CommandModel> commands, string typed, string before, FileWords files, string list = "words")
    {
        text.AppendLine($"    for word in \"{typed}\"; do");
        text.AppendLine("        case \"$command $word\" in");
        foreach (var command in commands.Where(command => command.Path.Length > 0))
        {
            var parent = command.Path.Contains(' ', StringComparison.Ordinal) ? command.Path : $" {command.Path}";
            text.AppendLine($"            \"{parent}\") command=\"{command.Path}\" ;;");
        }

        text.AppendLine("        esac").AppendLine("    done");
        text.AppendLine($"    case \"{before}\" in");
        foreach (var kind in (FileCompletion[])[FileCompletion.Files, FileCompletion.Folders, FileCompletion.None])
        {
            var names = commands.SelectMany(command => command.Options).Where(option => option.Value is not null && option.Files == kind)
                .Select(option => option.Name).Distinct(StringComparer.Ordinal).ToList();
            if (names.Count > 0)
                text.AppendLine($"        {string.Join(" | ", names)}) {files.Of(kind)}return ;;");
        }

        text.AppendLine("    esac").AppendLine("    case \"$command\" in");
        foreach (var command in commands)
        {
            var words = command.Commands.Select(below => below.Name).Concat(command.Options.Select(option => option.Name));
            text.AppendLine($"        \"{command.Path}\") {list}=\"{string.Join(' ', words)}\" ;;");
        }

        text.AppendLine("    esac");
    }

    private static string Fish(string program, IReadOnlyList<CommandModel> commands)
    {
        var text = new StringBuilder($"# Completion for {program} in fish:  {program} completion fish | source\n");
        foreach (var command in commands)
        {
            var condition = Condition(command, commands);
            foreach (var (name, description) in command.Commands)
                text.AppendLine($"complete -c {program} -f -n '{condition}' -a {name} -d {Quoted(description)}");
            foreach (var option in command.Options)
            {
                var value = option.Value is null ? "" : option.Files == FileCompletion.None ? " -x" : " -r -F";
                text.AppendLine($"complete -c {program} -n '{condition}' -l {option.Name.TrimStart('-')}{value} -d {Quoted(option.Description)}");
            }
        }

        return text.ToString();
    }

    private static string Condition(CommandModel command, IReadOnlyList<CommandModel> commands)
    {
        if (command.Path.Length == 0)
            return $"not __fish_seen_subcommand_from {string.Join(' ', command.Commands.Select(below => below.Name))}";
        var seen = command.Path.Split(' ').Select(word => $"__fish_seen_subcommand_from {word}");
        var below = commands.First(each => each.Path == command.Path).Commands.Select(each => each.Name).ToList();
        return string.Join("; and ", below.Count == 0 ? seen : seen.Append($"not __fish_seen_subcommand_from {string.Join(' ', below)}"));
    }

    private static string Quoted(string text) => $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";

    private const string Open = "{";
    private const string Close = "}";

    private sealed record FileWords(string Files, string Folders)
    {
        public string Of(FileCompletion kind) => kind switch
        {
            FileCompletion.Files => $"{Files}; ",
            FileCompletion.Folders => $"{Folders}; ",
            _ => "",
        };
    }
}
