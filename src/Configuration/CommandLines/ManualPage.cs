using System.CommandLine;
using System.Globalization;
using System.Text;

namespace TspActors.Configuration.CommandLines;

/// <summary>Writes a program's manual page, in the format of man(7).</summary>
internal static class ManualPage
{
    /// <summary>Returns the page.</summary>
    /// <param name="program">The program's name, as it is typed.</param>
    /// <param name="root">The commands and options.</param>
    /// <param name="version">The program's version.</param>
    /// <param name="notes">Additional sections, each with a heading and body text, with details that the command descriptions omit.</param>
    public static string For(string program, RootCommand root, string version, IEnumerable<(string Section, string Text)> notes)
    {
        var commands = CommandModel.Of(root);
        var all = commands[0];
        var page = new StringBuilder();
        page.AppendLine(CultureInfo.InvariantCulture, $".TH {Escaped(program.ToUpperInvariant())} 1 \"\" \"TspActors {version}\" \"User Commands\"");
        page.AppendLine(".SH NAME").AppendLine(CultureInfo.InvariantCulture, $"{Escaped(program)} \\- {Escaped(FirstSentence(all.Description))}");
        page.AppendLine(".SH SYNOPSIS");
        page.AppendLine(CultureInfo.InvariantCulture, $".B {Escaped(program)}").AppendLine("[\\fICOMMAND\\fR] [\\fIOPTIONS\\fR]");
        page.AppendLine(".SH DESCRIPTION").AppendLine(Escaped(all.Description));
        if (all.Commands.Count > 0)
        {
            page.AppendLine(".SH COMMANDS");
            foreach (var command in commands.Skip(1).Where(command => command.Commands.Count == 0))
                AppendCommand(page, command, all);
        }

        page.AppendLine(".SH OPTIONS");
        foreach (var option in all.Options)
            AppendOption(page, option);
        foreach (var (section, text) in notes)
            page.AppendLine(CultureInfo.InvariantCulture, $".SH {Escaped(section.ToUpperInvariant())}").AppendLine(Escaped(text));
        return page.ToString();
    }

    private static void AppendCommand(StringBuilder page, CommandModel command, CommandModel all)
    {
        var arguments = string.Concat(command.Arguments.Select(argument => $" \\fI{Escaped(argument)}\\fR"));
        page.AppendLine(".TP").AppendLine(CultureInfo.InvariantCulture, $"\\fB{Escaped(command.Path)}\\fR{arguments}");
        page.AppendLine(Escaped(command.Description));
        var own = command.Options.ExceptBy(all.Options.Select(option => option.Name), option => option.Name).ToList();
        if (own.Count == 0)
            return;
        page.AppendLine(".RS");
        foreach (var option in own)
            AppendOption(page, option);
        page.AppendLine(".RE");
    }

    private static void AppendOption(StringBuilder page, OptionModel option)
    {
        var value = option.Value is null ? "" : $" \\fI{Escaped(option.Value)}\\fR";
        page.AppendLine(".TP").AppendLine(CultureInfo.InvariantCulture, $"\\fB{Escaped(option.Name)}\\fR{value}");
        page.AppendLine(Escaped(option.Description));
    }

    private static string FirstSentence(string text) => text.Split(". ")[0].TrimEnd('.');

    // Hyphens are written as minus signs, so that commands can be copied from the page. A line must not begin with a period or an
    // apostrophe, which would make it a request to the formatter.
    private static string Escaped(string text)
    {
        var escaped = text.Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal);
        return escaped.StartsWith('.') || escaped.StartsWith('\'') ? $"\\&{escaped}" : escaped;
    }
}
