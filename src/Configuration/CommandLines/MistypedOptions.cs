using System.CommandLine;
using System.CommandLine.Parsing;

namespace TspActors.Configuration.CommandLines;

/// <summary>Finds mistyped options that would otherwise be treated as text, because the command also accepts free text.</summary>
public static class MistypedOptions
{
    /// <summary>Returns a message for each mistyped option.</summary>
    /// <param name="arguments">The parsed command line.</param>
    /// <param name="typed">The command line as it was typed. After "--", everything is text.</param>
    public static IReadOnlyList<string> Find(ParseResult arguments, IReadOnlyList<string> typed)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        if (typed.Contains("--"))
            return [];
        return [.. arguments.CommandResult.Children.OfType<ArgumentResult>().SelectMany(result => result.Tokens)
            .Where(token => token.Value is ['-', '-', _, ..] && char.IsAsciiLetter(token.Value[2]))
            .Select(token => Describe(token.Value, OptionsOf(arguments.CommandResult)))];
    }

    private static string Describe(string option, IReadOnlyList<string> known)
    {
        var nearest = known.Count == 0 ? "" : NearestKey.Find(option, known);
        var hint = nearest.Length > 0 && NearestKey.Distance(option, nearest) <= 3 ? $"did you mean {nearest}? " : "";
        return $"there is no option {DisplayText.Escape(option)}; {hint}to pass text that begins with dashes, put it after --";
    }

    private static IReadOnlyList<string> OptionsOf(CommandResult command)
    {
        var names = new List<string>();
        for (SymbolResult? at = command; at is not null; at = at.Parent)
        {
            if (at is CommandResult { Command: var owner })
                names.AddRange(owner.Options.Where(option => at == command || option.Recursive).Select(option => option.Name));
        }

        return [.. names.Where(name => name.StartsWith("--", StringComparison.Ordinal))];
    }
}
