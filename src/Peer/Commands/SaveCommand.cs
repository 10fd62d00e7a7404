using System.Threading.Channels;
using Akka.Actor;
using TspActors.Configuration.Hosting;
using TspActors.Peer.Saving;
using TspActors.Peer.Terminal;
using TspActors.Peer.Terminal.Commands;

namespace TspActors.Peer.Commands;

/// <summary>The save command, which saves songs as files with their tags, and prints the paths of the files.</summary>
internal static class SaveCommand
{
    private static readonly TimeSpan StatusInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ReplyDeadline = TimeSpan.FromSeconds(10);

    /// <summary>Saves songs and returns when all of them are saved or have failed.</summary>
    /// <param name="run">The command's context.</param>
    /// <param name="what">Ids; "all" followed by search words; or search words alone, whose best match is saved.</param>
    /// <param name="folder">The folder; empty = the one in the settings.</param>
    /// <param name="pattern">The pattern of the file names; empty = the one in the settings.</param>
    public static async Task<int> RunAsync(CommandContext run, string what, string folder, string pattern)
    {
        var screen = new Screen();
        await using var host = await run.StartHostAsync("tsp-guest").ConfigureAwait(false);
        using var stop = CommandContext.StopOnSignal(host);
        var events = PeerEvents.SubscribeToAll(host.System);
        var peer = await PeerNode.StartListenerAsync(host.System, run.Settings, CommandContext.NoPlayer).ConfigureAwait(false);
        var listening = run.Settings.Listening;
        var console = new ConsoleContext(
            peer, new CatalogClient(peer.TrackerLink, run.Settings.Link.RequestTimeout), screen, listening.MaxQueue, listening.SaveFolder)
        {
            SavePattern = SavePattern.Parse(listening.SavePattern),
        };
        var isDone = false;
        try
        {
            isDone = await SaveAsync(console, events, what, SaveDestination.Find(folder, pattern, console), stop.Token)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            screen.Note("stopped");
        }

        foreach (var left in await peer.StopSavesAsync().ConfigureAwait(false))
            screen.Note(Save.DescribePartial(left));
        await peer.StopAsync().ConfigureAwait(false);
        return isDone ? ProgramRun.Done : ProgramRun.Failed;
    }

    private static async Task<bool> SaveAsync(
        ConsoleContext console, ChannelReader<object> events, string what, SaveDestination destination, CancellationToken stop)
    {
        var screen = console.Screen;
        var (songs, matches) = await console.FindSeveralAsync(what, stop).ConfigureAwait(false);
        if (songs is [var best] && matches > 1)
            screen.Note($"{matches} songs match; song {best.Id} matches best (put \"all\" before the text to save them all)");
        if (songs is [{ Live: true } feed])
            throw new CommandException(
                $"song {feed.Id} is a live feed, which has no end; record it with: play {feed.Id} --output FILE --duration 1h");
        const string howToRecord = "record a live feed with: play <id> --output FILE --duration 1h";
        var (accepted, refusal) = await SaveOrders.PlaceAsync(console, songs, destination, stop).ConfigureAwait(false);
        if (accepted.Count == 0 && refusal is null)
            throw new CommandException($"{Counted.Text(songs.Count, "live feed")} left out; {howToRecord}");
        if (refusal is not null)
            screen.Error(refusal);
        else if (accepted.Count < songs.Count)
            screen.Note($"{Counted.Text(songs.Count - accepted.Count, "live feed")} left out; {howToRecord}");
        using var shown = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var showing = ShowAsync(console, shown.Token);
        try
        {
            // A list of favourites may contain feeds, so leaving them out is not a failure. Any other feed that is left out was named by
            // its id, so leaving it out is a failure.
            var isAll = refusal is null && (songs.Count == 1 || songs.Count == matches)
                && (songs.Count == accepted.Count || ConsoleContext.NamesFavourites(what));
            return await WaitAsync(events, screen, accepted.Count, stop).ConfigureAwait(false) && isAll;
        }
        finally
        {
            await shown.CancelAsync().ConfigureAwait(false);
            await showing.ConfigureAwait(false);
            screen.ShowProgress(null);
        }
    }

    // Returns false if a song could not be saved.
    private static async Task<bool> WaitAsync(ChannelReader<object> events, Screen screen, int count, CancellationToken stop)
    {
        var failed = 0;
        for (var over = 0; over < count;)
        {
            switch (await events.ReadAsync(stop).ConfigureAwait(false))
            {
                case SaveOver { Path: { } path }:
                    over++;
                    screen.Result(path);
                    break;
                case SaveOver saved:
                    over++;
                    failed++;
                    screen.Error($"{(saved.Song is { } song ? SongText.Name(song) + ": " : "")}{saved.Failure}");
                    break;
                case Listening.PlaybackNotice notice when EventText.Describe(notice) is { } text:
                    screen.Note(text);
                    break;
            }
        }

        if (count > 0)
            screen.Note(failed == 0
                ? $"{Counted.Text(count, "song")} saved, and every byte verified"
                : $"{Counted.Text(count - failed, "song")} saved, {failed} not");
        return failed == 0;
    }

    private static async Task ShowAsync(ConsoleContext console, CancellationToken stop)
    {
        var saves = new SaveDisplay(console.Screen, TimeProvider.System);
        using var timer = new PeriodicTimer(StatusInterval);
        try
        {
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
                saves.Update(await console.Peer.Saving.Ask<SavesStatus>(GetSaves.Instance, ReplyDeadline, stop).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // Every song is saved or has failed, or a signal has stopped the command.
        }
    }
}
