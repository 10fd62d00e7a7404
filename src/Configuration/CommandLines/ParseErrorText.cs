using System.Text.RegularExpressions;

namespace TspActors.Configuration.CommandLines;

/// <summary>Rewords System.CommandLine's error messages so that users can understand them.</summary>
public static partial class ParseErrorText
{
    /// <summary>Returns the reworded message; an unknown message is returned unchanged.</summary>
    /// <param name="message">The message from System.CommandLine.</param>
    public static string Explain(string message)
    {
        if (NotParsed().Match(message) is { Success: true } value)
            return $"{Shown(value, 2)} needs {Kind(value.Groups[3].Value)}, not \"{Shown(value, 1)}\"";
        if (Unrecognized().Match(message) is { Success: true } word)
            return $"\"{Shown(word, 1)}\" is an unknown command or an extra argument; put several words that belong together in quotes";
        if (Missing().Match(message) is { Success: true } missing)
            return $"{Shown(missing, 1)} needs a value";
        return message == "Required command was not provided." ? "a command is required" : message;
    }

    private static string Shown(Match match, int group) => DisplayText.Escape(match.Groups[group].Value);

    private static string Kind(string type) => type switch
    {
        _ when type.Contains("Int", StringComparison.Ordinal) => "a whole number",
        _ when type.Contains("Double", StringComparison.Ordinal) || type.Contains("Decimal", StringComparison.Ordinal) => "a number",
        _ when type.Contains("Boolean", StringComparison.Ordinal) => "true or false",
        _ => "a value",
    };

    [GeneratedRegex("^Cannot parse argument '(.*)' for (?:option|command|argument) '(.*)' as expected type '(.*)'\\.", RegexOptions.Singleline)]
    private static partial Regex NotParsed();

    [GeneratedRegex("^Unrecognized command or argument '(.*)'\\.$", RegexOptions.Singleline)]
    private static partial Regex Unrecognized();

    [GeneratedRegex("^Required argument missing for (?:option|command): '(.*)'\\.$", RegexOptions.Singleline)]
    private static partial Regex Missing();
}
