using TspActors.Protocol;

namespace TspActors.Peer.Terminal.Commands;

/// <summary>Lists songs: as a table on a terminal, as tab-separated lines in a pipe.</summary>
internal sealed class ListCommand() : ConsoleCommand(
    "list", "list [text]", "songs that are currently shared, or only those that match the text")
{
    private const int MostRows = 1_000;

    public override bool TakesSearchWords => true;

    public override async Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation)
    {
        if (console.Screen.IsTerminal)
            await ShowTableAsync(console, argument, cancellation).ConfigureAwait(false);
        else
            await ShowLinesAsync(console, argument, cancellation).ConfigureAwait(false);
    }

    public override Suggestions Suggest(string typed, TitleSearch titles) => Suggestions.FromTitles(typed, titles);

    private static async Task ShowLinesAsync(ConsoleContext console, string text, CancellationToken cancellation)
    {
        await foreach (var song in console.Catalog.ListAsync(text, cancellation).ConfigureAwait(false))
            console.Screen.Result(SongText.Line(song));
    }

    private static async Task ShowTableAsync(ConsoleContext console, string text, CancellationToken cancellation)
    {
        var screen = console.Screen;
        var songs = new List<Song>();
        var count = 0;
        await foreach (var song in console.Catalog.ListAsync(text, cancellation).ConfigureAwait(false))
        {
            if (count++ < MostRows)
                songs.Add(song);
        }

        if (count == 0)
        {
            screen.Note(text.Length > 0 ? $"no song matches \"{text}\"" : "no songs are shared yet");
            return;
        }

        var lines = SongTable.Lines(songs, Screen.Width - 1).ToList();
        await console.Pager.ShowAsync(lines[0], lines[1..], cancellation).ConfigureAwait(false);
        screen.Note(count > MostRows
            ? $"{count} songs, showing the first {MostRows}; add words to narrow the list"
            : Counted.Text(count, "song"));
    }
}
