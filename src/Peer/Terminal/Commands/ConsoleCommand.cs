namespace TspActors.Peer.Terminal.Commands;

/// <summary>Returns at most <paramref name="most"/> titles in the catalog that begin with the given text, ignoring case.</summary>
internal delegate IReadOnlyList<string> TitleSearch(string beginning, int most);

/// <summary>
/// A console command. To add one, derive a class and list it in <see cref="ConsoleCommands.All"/>, where help and Tab find it.
/// </summary>
/// <param name="name">The word that the user types first.</param>
/// <param name="usage">The full syntax of the command.</param>
/// <param name="summary">A short description of the command, for help.</param>
internal abstract class ConsoleCommand(string name, string usage, string summary)
{
    /// <summary>The word that the user types first.</summary>
    public string Name { get; } = name;

    /// <summary>The full syntax of the command: <c>&lt;required&gt;</c>, <c>[optional]</c>.</summary>
    public string Usage { get; } = usage;

    /// <summary>A short description of the command, for help.</summary>
    public string Summary { get; } = summary;

    /// <summary>Other words that the user may type in place of <see cref="Name"/>.</summary>
    public virtual IReadOnlyList<string> Aliases => [];

    /// <summary>Whether the console closes after this command.</summary>
    public virtual bool EndsConsole => false;

    /// <summary>Whether the argument may consist of search words for songs.</summary>
    public virtual bool TakesSearchWords => false;

    /// <summary>Runs the command and shows its result.</summary>
    /// <param name="console">The peer, and the screen for the result.</param>
    /// <param name="argument">The text after the name, without leading or trailing spaces.</param>
    /// <param name="cancellation">Cancels the command when the console closes.</param>
    /// <exception cref="CommandException">The command failed. The message gives the reason.</exception>
    public abstract Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation);

    /// <summary>Returns the suggestions that Tab shows for the argument.</summary>
    /// <param name="typed">The argument typed so far.</param>
    /// <param name="titles">Searches the titles in the catalog.</param>
    public virtual Suggestions Suggest(string typed, TitleSearch titles) => Suggestions.None;
}
