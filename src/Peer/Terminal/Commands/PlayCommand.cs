using Akka.Actor;
using TspActors.Peer.Listening;

namespace TspActors.Peer.Terminal.Commands;

/// <summary>Plays one song, or several in a row.</summary>
internal sealed class PlayCommand() : ConsoleCommand(
    "play", "play [ids|text]", "play songs now, in this order; also play all [text], play favourites; without a name, play the queue")
{
    // On a terminal, the prompt returns after this time even if the song has not started.
    private static readonly TimeSpan PromptDelay = TimeSpan.FromSeconds(3);

    public override bool TakesSearchWords => true;

    public override async Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation)
    {
        if (argument.Length == 0)
        {
            await ContinueAsync(console).ConfigureAwait(false);
            return;
        }

        var screen = console.Screen;
        var (songs, matches) = await console.FindSeveralAsync(argument, cancellation).ConfigureAwait(false);
        if (songs.Count == 1 && matches > 1)
            screen.Note($"{matches} songs match; playing the best match (\"play all {argument}\" plays them all)");
        var play = new PlayNow([.. songs.Select(SongText.ToQueued)]);
        object? reply;
        try
        {
            reply = await PlayAsync(console, play, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Otherwise, the song could still start later, when nobody expects it.
            console.Peer.Playback.Tell(new CancelPlay(play));
            throw;
        }

        if (reply is null)
            return;
        if (reply is not PlaybackStarted)
            throw new CommandException((reply as PlaybackRefused)?.Reason ?? "the song could not be played");
        if (songs.Count > 1)
            screen.Note($"playing {songs.Count} songs");
    }

    public override Suggestions Suggest(string typed, TitleSearch titles) => Suggestions.FromTitles(typed, titles);

    // Returns the player's reply; null if the prompt returns before the reply arrives.
    private static async Task<object?> PlayAsync(ConsoleContext console, PlayNow play, CancellationToken cancellation)
    {
        // The reply always arrives: the tracker, the hosts and the wait for busy hosts have their own deadlines, which may add up to many
        // minutes.
        var asked = console.Peer.Playback.Ask(play, Timeout.InfiniteTimeSpan, cancellation);
        if (console.Screen.IsInteractive)
        {
            await Task.WhenAny(asked, Task.Delay(PromptDelay, cancellation)).ConfigureAwait(false);
            if (!asked.IsCompleted)
            {
                // The delay may have ended because the command was cancelled.
                cancellation.ThrowIfCancellationRequested();
                console.Screen.Note("looking for a host; type \"stop\" to give up");
                _ = ReportLateRefusalAsync(console.Screen, asked);
                return null;
            }
        }

        return await asked.ConfigureAwait(false);
    }

    private static async Task ContinueAsync(ConsoleContext console)
    {
        var status = await console.GetPlaybackAsync().ConfigureAwait(false);
        if (status.Paused)
            await console.ControlPlaybackAsync(new SetPaused(false), "playing").ConfigureAwait(false);
        else if (status is { IsIdle: true, Queue.Count: > 0 })
            await console.ControlPlaybackAsync(NextSong.Instance).ConfigureAwait(false);
        else
            throw new CommandException("play which song? Type play <id>, play <text> or play all <text>");
    }

    // If the song does start later, an event reports that.
    private static async Task ReportLateRefusalAsync(Screen screen, Task<object> asked)
    {
        try
        {
            if (await asked.ConfigureAwait(false) is PlaybackRefused { Withdrawn: false } refused)
                screen.Error(refused.Reason);
        }
        catch (OperationCanceledException)
        {
            // The console has closed.
        }
    }
}
