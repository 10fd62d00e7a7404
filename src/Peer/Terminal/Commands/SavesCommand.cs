using System.Globalization;
using Akka.Actor;
using TspActors.Peer.Live.Recording;
using TspActors.Peer.Saving;
using TspActors.Protocol;

namespace TspActors.Peer.Terminal.Commands;

/// <summary>Lists the songs that are being saved and the feeds that are being recorded, or cancels one or all of them.</summary>
internal sealed class SavesCommand() : ConsoleCommand(
    "saves", "saves [cancel <id|all>]", "the songs that are being saved or are waiting; \"saves cancel\" stops one or all of them")
{
    private const string Cancel = "cancel";

    public override Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation) =>
        argument.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) switch
        {
            [] => ShowAsync(console, cancellation),
            [Cancel, "all"] => CancelAsync(console, null, cancellation),
            [Cancel, var text] when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) =>
                CancelAsync(console, id, cancellation),
            _ => throw new CommandException("type \"saves\" to list them, and \"saves cancel <id>\" or \"saves cancel all\" to stop them"),
        };

    public override Suggestions Suggest(string typed, TitleSearch titles) => Suggestions.FromWords(typed, [Cancel, $"{Cancel} all"]);

    private static async Task ShowAsync(ConsoleContext console, CancellationToken cancellation)
    {
        var saves = await console.Peer.Saving.Ask<SavesStatus>(
            GetSaves.Instance, ConsoleContext.ReplyDeadline, cancellation).ConfigureAwait(false);
        var recordings = await console.Peer.Recordings.Ask<RecordingsStatus>(
            GetRecordings.Instance, ConsoleContext.ReplyDeadline, cancellation).ConfigureAwait(false);
        var lines = saves.Running.Select(save => Line(console, save.Song, Share(save)))
            .Concat(saves.Next.Select(song => Line(console, song, "waiting")))
            .Concat(recordings.Running.Select(feed => Line(console, feed, "live"))).ToList();
        if (lines.Count > 0)
            await console.Pager.ShowAsync(null, lines, cancellation).ConfigureAwait(false);
        else
            console.Screen.Note("nothing is being saved");
    }

    private static async Task CancelAsync(ConsoleContext console, int? id, CancellationToken cancellation)
    {
        var count = await AskAsync(console.Peer.Saving, new CancelSaves(id)).ConfigureAwait(false)
            + await AskAsync(console.Peer.Recordings, new EndRecordings(id)).ConfigureAwait(false);
        if (count == 0)
            throw new CommandException(id is null ? "nothing is being saved" : $"song {id} is not being saved; \"saves\" lists the saves");
        console.Screen.Note($"cancelled {Counted.Text(count, "save")}");

        async Task<int> AskAsync(IActorRef actor, object message) =>
            (await actor.Ask<SavesCancelled>(message, ConsoleContext.ReplyDeadline, cancellation).ConfigureAwait(false)).Count;
    }

    private static string Share(SaveProgress save) => $"{100 * save.Saved / Math.Max(1, (long)save.Song.Format.PayloadBytes)} %";

    private static string Line(ConsoleContext console, Song song, string state)
    {
        var line = $"{song.Id,6}  {state,7}  {SongText.Name(song)}";
        return console.Screen.IsTerminal ? Cells.Cut(line, Screen.Width - 1) : line;
    }
}
