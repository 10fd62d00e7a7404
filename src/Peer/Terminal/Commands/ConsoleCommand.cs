namespace TspActors.Peer.Terminal.Commands;

/// <summary>Finds titles in the local copy of the catalog: those that begin with a text, in any case, up to a number of them.</summary>
internal delegate IReadOnlyList<string> TitleSearch(string beginning, int most);

/// <summary>
/// A command of the console. To add one, derive a class and list it in <see cref="ConsoleCommands.All"/>; help and Tab find it there.
/// </summary>
/// <param name="name">The word that a person types first.</param>
/// <param name="usage">How the whole command is typed.</param>
/// <param name="summary">What it does, for help.</param>
internal abstract class ConsoleCommand(string name, string usage, string summary)
{
    /// <summary>The word that a person types first.</summary>
    public string Name { get; } = name;

    /// <summary>How the whole command is typed: <c>&lt;required&gt;</c>, <c>[optional]</c>.</summary>
    public string Usage { get; } = usage;

    /// <summary>What it does, for help.</summary>
    public string Summary { get; } = summary;

    /// <summary>Other words for <see cref="Name"/>.</summary>
    public virtual IReadOnlyList<string> Aliases => [];

    /// <summary>Whether the console ends after this command.</summary>
    public virtual bool EndsConsole => false;

    /// <summary>Runs the command and shows its result.</summary>
    /// <param name="console">The peer, and the screen for the result.</param>
    /// <param name="argument">What follows the name, without spaces around it.</param>
    /// <param name="cancellation">Ends the command with the console.</param>
    /// <exception cref="CommandException">The command failed; the message says why.</exception>
    public abstract Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation);

    /// <summary>Returns what Tab can make of the argument.</summary>
    /// <param name="typed">The argument as far as it is typed.</param>
    /// <param name="titles">Finds titles.</param>
    public virtual Suggestions Suggest(string typed, TitleSearch titles) => Suggestions.None;
}
