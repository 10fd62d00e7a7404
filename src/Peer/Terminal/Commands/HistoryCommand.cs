using System.Globalization;
using TspActors.Peer.Playlists;

namespace TspActors.Peer.Terminal.Commands;

/// <summary>Lists the most recently played songs, newest last.</summary>
internal sealed class HistoryCommand() : ConsoleCommand("history", "history [number]", "recently played songs, and when they were played")
{
    private const int Usual = 20;

    public override async Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation)
    {
        if (console.Lists.Played is not { } played)
            throw new CommandException("played songs are not recorded: tsp.peer.listening.keep-history is 0");
        var entries = ListenerLists.Load(played).TakeLast(ParseCount(argument)).ToList();
        if (entries.Count > 0)
            await console.Pager.ShowAsync(null, [.. entries.Select(Line)], cancellation).ConfigureAwait(false);
        else
            console.Screen.Note("no song has been played yet");

        string Line(PlaylistEntry entry)
        {
            var time = entry.Played?.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "                ";
            var line = $"{time}  {SafeText.Clean(entry.Label)}";
            return console.Screen.IsTerminal ? Cells.Cut(line, Screen.Width - 1) : line;
        }
    }

    private static int ParseCount(string text)
    {
        if (text.Length == 0)
            return Usual;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0
            ? count
            : throw new CommandException($"\"{text}\" is not a number of songs");
    }
}
