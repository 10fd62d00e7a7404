using Akka.Actor;
using TspActors.Peer.Listening;
using TspActors.Peer.Terminal;
using TspActors.Peer.Terminal.Commands;

namespace TspActors.Peer.Playlists;

/// <summary>Restores the queue from the last run without playing it, and then saves this run's queue.</summary>
internal sealed class LastQueue(ConsoleContext console)
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource _tried = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IActorRef _keeper = ActorRefs.Nobody;

    /// <summary>Completes when the queue has been restored, or the first attempt has failed.</summary>
    public Task Tried => _tried.Task;

    /// <summary>Restores the queue as soon as a tracker is available to look up the songs.</summary>
    /// <param name="stop">Cancels the attempts.</param>
    public async Task RestoreAsync(CancellationToken stop)
    {
        if (console.Lists is not { KeptQueue: { } list } lists)
        {
            _tried.TrySetResult();
            return;
        }

        using var timer = new PeriodicTimer(RetryInterval);
        try
        {
            while (!await TryRestoreAsync(list, lists.Finder, stop).ConfigureAwait(false))
                await timer.WaitForNextTickAsync(stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The console has closed. The file stays unchanged.
        }
        finally
        {
            _tried.TrySetResult();
        }
    }

    /// <summary>Writes the queue one last time.</summary>
    public async Task KeepAsync()
    {
        if (!_keeper.IsNobody())
            await _keeper.Ask<QueueKept>(KeepQueue.Instance, ConsoleContext.ReplyDeadline).ConfigureAwait(false);
    }

    private async Task<bool> TryRestoreAsync(SongList list, SongFinder finder, CancellationToken stop)
    {
        IReadOnlyList<PlaylistEntry> entries;
        try
        {
            entries = list.Load();
        }
        catch (IOException error)
        {
            console.Screen.Note($"the queue from the last run cannot be read: {error.Message}{SetAside(list.Path)}");
            entries = [];
        }

        try
        {
            var found = entries.Count > 0 ? await finder.FindAsync(entries, stop).ConfigureAwait(false) : [];
            var songs = found.OfType<Protocol.Song>().Select(SongText.ToQueued).ToList();
            var missing = entries.Where((_, index) => found[index] is null).ToList();
            if (songs.Count > 0 && await console.Peer.Playback.Ask(
                new RestoreQueue(songs), ConsoleContext.ReplyDeadline, stop).ConfigureAwait(false) is PlaybackRefused refused)
            {
                missing = [.. entries];
                console.Screen.Note(
                    $"the queue from the last run ({Counted.Text(entries.Count, "song")}) was not restored: {refused.Reason}");
            }
            else
            {
                Announce(songs.Count, missing.Count);
            }

            _keeper = console.Peer.StartInterfaceActor(QueueKeeperActor.Props(list, missing), "queue-keeper");
            // A change that happened after the queue was restored, but before the keeper started, must not be lost.
            _keeper.Tell(new PlaybackChanged(await console.GetPlaybackAsync().ConfigureAwait(false), HasJumped: false));
            return true;
        }
        catch (CommandException)
        {
            if (_tried.TrySetResult())
            {
                var songs = Counted.Text(entries.Count, "song");
                console.Screen.Note($"the queue from the last run ({songs}) will be restored when a tracker is connected");
            }

            return false;
        }
    }

    // Moves the damaged file aside, because the first change to the queue would overwrite it.
    private static string SetAside(string path)
    {
        try
        {
            File.Move(path, path + ".damaged", overwrite: true);
            return $"; the file is now {path}.damaged";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private void Announce(int songs, int missing)
    {
        if (songs > 0)
            console.Screen.Note($"the queue has {Counted.Text(songs, "song")} from last time; \"play\" starts it, \"clear\" empties it");
        if (missing > 0)
            console.Screen.Note(
                $"{Counted.Text(missing, "song")} from the last queue {(missing == 1 ? "is" : "are")} not currently shared, but kept "
                + "for later");
    }
}
