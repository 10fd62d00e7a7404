using System.Threading.Channels;
using Akka.Actor;
using TspActors.Configuration;
using TspActors.Peer.Listening;
using TspActors.Peer.Terminal;
using TspActors.Playback;
using TspActors.Protocol;

namespace TspActors.Peer.Commands;

/// <summary>The play command: hears one song, or saves it.</summary>
internal static class PlayCommand
{
    private static readonly TimeSpan StatusInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ReplyDeadline = TimeSpan.FromSeconds(10);

    /// <summary>Plays it and returns when it was heard.</summary>
    public static async Task<int> PlayAsync(CommandRun run, string idOrText, string audio, bool fullSpeed)
    {
        var backend = AudioBackends.Resolve(audio);
        var screen = new Screen();
        if (backend.Reason.Length > 0)
            screen.Note(backend.Reason);
        return await FetchAsync(run, idOrText, screen, run.Speakers(backend), speakers =>
        {
            var sink = speakers();
            sink.Noticed += screen.Note;
            sink.Start();
            return sink.Begin();
        }, fullSpeed).ConfigureAwait(false);
    }

    /// <summary>Writes its payload to a file, or to standard output.</summary>
    public static async Task<int> SaveAsync(CommandRun run, string idOrText, string file, bool fullSpeed)
    {
        await using var standardOutput = file == "-" ? Console.OpenStandardOutput() : null;
        return await FetchAsync(
            run, idOrText, new Screen(), CommandRun.NoSpeakers, _ => standardOutput is null ? FileSink.Create(file) : new PipeSink(standardOutput), fullSpeed)
            .ConfigureAwait(false);
    }

    private static async Task<int> FetchAsync(
        CommandRun run, string idOrText, Screen screen, Func<SpeakerSink> speakers, Func<Func<SpeakerSink>, ISongSink> openSink, bool fullSpeed)
    {
        await using var host = await run.StartHostAsync("tsp-guest").ConfigureAwait(false);
        using var stop = new CancellationTokenSource();
        var signal = host.WaitForSignalAsync().ContinueWith(_ => stop.CancelAsync(), TaskScheduler.Default);
        var events = PeerEvents.Subscribe(host.System);
        var peer = PeerNode.StartGuest(host.System, run.Settings, speakers);
        var catalog = new CatalogClient(peer.TrackerLink, run.Settings.Link.RequestTimeout);
        var (song, matches) = await catalog.FindAsync(idOrText, stop.Token).ConfigureAwait(false);
        if (matches > 1)
            screen.Note($"{matches} songs fit; {song.Id} fits best");

        var fetched = false;
        try
        {
            peer.Playback.Tell(new FetchInto(song.Id, openSink(speakers), fullSpeed ? Pace.Full : Pace.Realtime));
            screen.Note($"{song.Id}: {SongText.Name(song)} ({SongText.Duration(song)})");
            fetched = await WaitAsync(peer, screen, events, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            screen.Note("stopped");
        }

        screen.ShowStatus(null);
        await peer.StopAsync().ConfigureAwait(false);
        return fetched ? ProgramRun.Done : ProgramRun.Failed;
    }

    private static async Task<bool> WaitAsync(PeerNode peer, Screen screen, ChannelReader<object> events, CancellationToken stop)
    {
        using var shown = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var showing = ShowAsync(peer, screen, shown.Token);
        try
        {
            await foreach (var happened in events.ReadAllAsync(stop).ConfigureAwait(false))
            {
                if (happened is SongOver over)
                    return over.Failure is null ? true : throw new CommandException(over.Failure);
                if (happened is PlaybackNotice notice)
                    screen.Note(notice.Text);
            }

            return false;
        }
        finally
        {
            await shown.CancelAsync().ConfigureAwait(false);
            await showing.ConfigureAwait(false);
        }
    }

    private static async Task ShowAsync(PeerNode peer, Screen screen, CancellationToken stop)
    {
        if (!screen.IsInteractive)
            return;
        using var timer = new PeriodicTimer(StatusInterval);
        try
        {
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
            {
                var status = await peer.Playback.Ask<PlaybackStatus>(GetPlayback.Instance, ReplyDeadline, stop).ConfigureAwait(false);
                screen.ShowStatus(NowPlaying.Line(status, Screen.Width - 1));
            }
        }
        catch (OperationCanceledException)
        {
            // The song is over.
        }
    }
}
