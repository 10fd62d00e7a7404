using Akka.Actor;
using TspActors.Peer.Listening;

namespace TspActors.Peer.Terminal.Commands;

/// <summary>Plays one song, or several in a row.</summary>
internal sealed class PlayCommand() : ConsoleCommand(
    "play", "play [ids|text]", "play songs now, in this order; also play all [text], play favourites; without a name, play the queue")
{
    // On a terminal, the prompt returns after this time even if the song has not started.
    private static readonly TimeSpan PromptDelay = TimeSpan.FromSeconds(3);

    public override bool FindsSongs => true;

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
        // The reply always arrives: the tracker, the hosts and the wait for busy hosts have their own deadlines, which may add up to many
        // minutes.
        var asked = console.Peer.Playback.Ask(new PlayNow([.. songs.Select(SongText.ToQueued)]), Timeout.InfiniteTimeSpan, cancellation);
        if (screen.IsInteractive && await Task.WhenAny(asked, Task.Delay(PromptDelay, cancellation)).ConfigureAwait(false) != asked)
        {
            screen.Note("looking for a host; type \"stop\" to give up");
            _ = ReportLateRefusalAsync(screen, asked);
            return;
        }

        var reply = await asked.ConfigureAwait(false);
        if (reply is not PlaybackStarted)
            throw new CommandException((reply as PlaybackRefused)?.Reason ?? "the song could not be played");
        if (songs.Count > 1)
            screen.Note($"playing {songs.Count} songs");
    }

    public override Suggestions Suggest(string typed, TitleSearch titles) => Suggestions.FromTitles(typed, titles);

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

    // If the song starts late, an event reports it.
    private static async Task ReportLateRefusalAsync(Screen screen, Task<object> asked)
    {
        try
        {
            if (await asked.ConfigureAwait(false) is PlaybackRefused { Withdrawn: false } refused)
                screen.Error(refused.Reason);
        }
        catch (OperationCanceledException)
        {
            // The console has ended.
        }
    }
}
