using System.CommandLine;

namespace TspActors.Configuration.CommandLines;

/// <summary>
/// The commands that describe a program: <c>completion</c> prints a script for a shell, and the hidden command <c>manual</c> prints the
/// manual page.
/// </summary>
public static class ShellCommands
{
    /// <summary>Adds the commands to a program. Its other commands must have been added already.</summary>
    /// <param name="root">The program's command.</param>
    /// <param name="program">The program's name, as it is typed.</param>
    /// <param name="notes">Additional sections of the manual page, with details that the command descriptions omit.</param>
    public static void AddTo(RootCommand root, string program, IReadOnlyList<(string Section, string Text)> notes)
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish" };
        shell.CompletionSources.Add([.. CompletionScript.Shells]);
        shell.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !CompletionScript.Shells.Contains(token.Value))
                result.AddError($"there is no completion for \"{token.Value}\"; use bash, zsh or fish");
        });
        var completion = new Command("completion", "a script that lets a shell complete commands and options") { shell };
        completion.SetAction(parsed => Console.Out.Write(CompletionScript.For(program, parsed.GetRequiredValue(shell), root)));
        var manual = new Command("manual", "the manual page, in the format of man(7)") { Hidden = true };
        var version = typeof(ShellCommands).Assembly.GetName().Version!.ToString(3);
        manual.SetAction(_ => Console.Out.Write(ManualPage.For(program, root, version, notes)));
        root.Add(completion);
        root.Add(manual);
    }
}
