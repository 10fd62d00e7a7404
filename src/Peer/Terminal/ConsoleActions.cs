using System.Globalization;
using Akka.Actor;
using TspActors.Peer.Hosting;
using TspActors.Peer.Listening;
using TspActors.Peer.Saving;
using TspActors.Peer.Tracking;
using TspActors.Protocol;

namespace TspActors.Peer.Terminal;

/// <summary>What the console's commands do: they ask the peer's actors and show the answers.</summary>
internal sealed class ConsoleActions(PeerNode peer, CatalogClient catalog, Screen screen, int maxQueue = 1_000, string saveFolder = "")
{
    private static readonly TimeSpan ReplyDeadline = TimeSpan.FromSeconds(10);

    private readonly LibraryCommands _library = new(peer, screen);
    private readonly LimitsCommand _limits = new(peer, screen);
    private readonly QueueCommands _queue = new(peer, catalog, screen, maxQueue);
    private readonly SaveCommand _save = new(peer, catalog, screen, saveFolder);

    /// <summary>Runs a command.</summary>
    /// <returns>False when it was the last one.</returns>
    /// <exception cref="CommandException">It could not be done.</exception>
    public async Task<bool> RunAsync(ConsoleCommand command, CancellationToken cancellation)
    {
        switch (command.Verb)
        {
            case "list":
                await ListAsync(command.Argument, cancellation).ConfigureAwait(false);
                break;
            case "info":
                await InfoAsync(command.Argument.Length > 0 ? SongId(command.Argument) : null, cancellation).ConfigureAwait(false);
                break;
            case "play":
                await _queue.PlayAsync(command.Argument, cancellation).ConfigureAwait(false);
                break;
            case "stop":
                await ControlAsync(StopPlaying.Instance, "stopped").ConfigureAwait(false);
                break;
            case "pause":
                await ControlAsync(new SetPaused(true), "paused").ConfigureAwait(false);
                break;
            case "resume":
                await ControlAsync(new SetPaused(false), "playing").ConfigureAwait(false);
                break;
            case "seek":
                await ControlAsync(new SeekTo(Time(command.Argument)), $"at {command.Argument}").ConfigureAwait(false);
                break;
            case "volume":
                await ControlAsync(new SetVolume(Percent(command.Argument)), $"volume {command.Argument}").ConfigureAwait(false);
                break;
            case "queue":
                await _queue.QueueAsync(command.Argument, cancellation).ConfigureAwait(false);
                break;
            case "next":
                await ControlAsync(NextSong.Instance, "next").ConfigureAwait(false);
                break;
            case "clear":
                await ControlAsync(new ChangeQueue(QueueChange.Clear), "the queue is empty").ConfigureAwait(false);
                break;
            case "shuffle":
                await ControlAsync(new ChangeQueue(QueueChange.Shuffle), "the queue is mixed").ConfigureAwait(false);
                break;
            case "repeat":
                await _queue.RepeatAsync(command.Argument).ConfigureAwait(false);
                break;
            case "save":
                await _save.RunAsync(command.Argument, cancellation).ConfigureAwait(false);
                break;
            case "status":
                await StatusAsync().ConfigureAwait(false);
                break;
            case "rescan":
                await _library.RescanAsync(command.Argument).ConfigureAwait(false);
                break;
            case "library":
                await _library.ShowAsync(command.Argument).ConfigureAwait(false);
                break;
            case "limits":
                await _limits.RunAsync(command.Argument).ConfigureAwait(false);
                break;
            case "help":
                Help();
                break;
            case "quit":
                return false;
        }

        return true;
    }

    /// <summary>Lists songs: a table on a terminal, tab-separated lines in a pipe.</summary>
    public async Task ListAsync(string text, CancellationToken cancellation)
    {
        if (!screen.IsTerminal)
        {
            await foreach (var song in catalog.ListAsync(text, cancellation).ConfigureAwait(false))
                screen.Result(SongText.Line(song));
            return;
        }

        const int mostRows = 1_000;
        var songs = new List<Song>();
        var count = 0;
        await foreach (var song in catalog.ListAsync(text, cancellation).ConfigureAwait(false))
        {
            if (count++ < mostRows)
                songs.Add(song);
        }

        if (count == 0)
        {
            screen.Note(text.Length > 0 ? $"no song fits \"{text}\"" : "nobody shares a song yet");
            return;
        }

        var lines = SongTable.Lines(songs, Screen.Width - 1).ToList();
        screen.Heading(lines[0]);
        screen.Result(string.Join(Environment.NewLine, lines.Skip(1)));
        screen.Note(count > mostRows ? $"{count} songs; the first {mostRows} are shown: list with a text finds the others" : count == 1 ? "1 song" : $"{count} songs");
    }

    /// <summary>Shows everything that is known of one song, or of all.</summary>
    public async Task InfoAsync(int? id, CancellationToken cancellation)
    {
        if (id is { } song)
        {
            Show(await catalog.DescribeAsync(song, cancellation).ConfigureAwait(false));
            return;
        }

        await foreach (var each in catalog.DescribeAllAsync(cancellation).ConfigureAwait(false))
        {
            Show(each);
            screen.Result("");
        }
    }

    private static int SongId(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 0
            ? id
            : throw new CommandException($"\"{text}\" is no song id: a number from 1 on, as list shows it");

    private void Show(Song song)
    {
        foreach (var (name, value) in SongText.Details(song).Where(detail => detail.Value.Length > 0))
            screen.Result($"{name + ":",-14}{value}");
    }

    private async Task ControlAsync(object command, string done)
    {
        var reply = await peer.Playback.Ask(command, ReplyDeadline).ConfigureAwait(false);
        if (reply is PlaybackRefused refused)
            throw new CommandException(refused.Reason);
        screen.Note(done);
    }

    private async Task StatusAsync()
    {
        var link = await peer.TrackerLink.Ask<LinkStatus>(GetLinkStatus.Instance, ReplyDeadline).ConfigureAwait(false);
        var hosting = await peer.Hosting.Ask<HostingStatus>(GetHostingStatus.Instance, ReplyDeadline).ConfigureAwait(false);
        var playback = await peer.Playback.Ask<PlaybackStatus>(GetPlayback.Instance, ReplyDeadline).ConfigureAwait(false);
        screen.Result(link.Connected
            ? $"tracker   {SafeText.Of(link.Detail)} at {link.Tracker}, {link.SongsInCatalog} songs in the catalog"
            : $"tracker   none: {link.Tracker}: {SafeText.Of(link.Detail)}");
        await _library.StatusAsync().ConfigureAwait(false);
        screen.Result($"sharing   {peer.SongsShared} songs on {peer.Address}{(link.SongsRefused > 0 ? $", {link.SongsRefused} refused by the tracker" : "")}{(link.PortReachable == false ? ", but others cannot connect to that port" : "")}");
        screen.Result($"streams   {LimitsCommand.Streams(hosting)}");
        screen.Result($"playing   {NowPlaying.Line(playback, screen.IsTerminal ? Screen.Width - 11 : 200) ?? "nothing"}");
        screen.Result($"queue     {playback.Queue.Count} songs, repeat {QueueCommands.Text(playback.Repeat)}, volume {playback.Volume}");
        var saves = await peer.Saving.Ask<SavesStatus>(GetSaves.Instance, ReplyDeadline).ConfigureAwait(false);
        if (!saves.IsIdle)
            screen.Result($"saving    {saves.Running.Count} songs, {saves.Waiting} waiting");
    }

    private void Help()
    {
        foreach (var (_, usage, meaning) in ConsoleCommand.Verbs)
            screen.Result($"  {usage,-25}{meaning}");
    }

    private static TimeSpan Time(string text)
    {
        var parts = text.Split(':');
        var numbers = new int[3];
        if (parts.Length is < 1 or > 3)
            throw NotATime(text);
        for (var i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[3 - parts.Length + i]) || numbers[3 - parts.Length + i] > 100_000)
                throw NotATime(text);
        }

        return new TimeSpan(numbers[0], numbers[1], numbers[2]);
    }

    private static CommandException NotATime(string text) => new($"\"{text}\" is no time: write minutes and seconds, such as 1:30");

    private static int Percent(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var percent) && percent <= 100
            ? percent
            : throw new CommandException($"\"{text}\" is no volume: write a number from 0 to 100");
}
