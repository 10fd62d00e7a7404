using Akka.Actor;
using TspActors.Configuration;
using TspActors.Peer.Hosting;
using TspActors.Peer.Library;
using TspActors.Peer.Listening;
using TspActors.Peer.Reaching;
using TspActors.Peer.Saving;
using TspActors.Peer.Tracking;

namespace TspActors.Peer.Terminal.Commands;

/// <summary>Shows the tracker, the library, the streams, and what is playing.</summary>
internal sealed class StatusCommand() : ConsoleCommand("status", "status", "tracker, library, streams, and what is playing")
{
    // The width of the names on the left: the longest name and a gap.
    private const int NameWidth = 10;

    private const int BytesPerMebibyte = 1024 * 1024;

    // The rest of the status matters more than the exact number of songs.
    private static readonly TimeSpan CountDeadline = TimeSpan.FromSeconds(1);

    public override async Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation)
    {
        var (peer, screen) = (console.Peer, console.Screen);
        var link = await GetLinkAsync(peer.TrackerLink, cancellation).ConfigureAwait(false);
        var hosting = await peer.Hosting.Ask<HostingStatus>(
            GetHostingStatus.Instance, ConsoleContext.ReplyDeadline, cancellation).ConfigureAwait(false);
        var playback = await console.GetPlaybackAsync().ConfigureAwait(false);
        Row(screen, link.Connected
            ? $"tracker   {SafeText.Clean(link.Detail)} at {link.Tracker}{Count(link)}"
            : $"tracker   none: {link.Tracker}: {SafeText.Clean(link.Detail)}");
        ShowLibrary(screen, await console.GetLibraryAsync().ConfigureAwait(false));
        Row(screen, $"sharing   {Counted.Text(peer.SongsShared, "song")}{Port(peer)}{Refused(link)}");
        await ShowReachAsync(peer, screen, link).ConfigureAwait(false);
        Row(screen, $"streams   {LimitsCommand.Streams(hosting)}");
        if (peer.Relay is { } relay)
            Row(screen, $"relaying  {Counted.Text(relay.Sessions, "pair")} of peers, {relay.Bytes / BytesPerMebibyte} MiB so far");
        Row(screen, $"playing   {NowPlaying.Line(playback, screen.IsTerminal ? Screen.Width - NameWidth - 1 : 200) ?? "nothing"}");
        if (playback is { Song: not null, Host: { } host })
            Row(screen, $"from      {SafeText.Clean($"{host.Name} at {HostPort.Format(host.Address, host.Port)}, {playback.Way.Text}")}");
        if (playback.Gain.ToString() is { Length: > 0 } gain)
            Row(screen, $"loudness  {gain}");
        Row(
            screen,
            $"queue     {Counted.Text(playback.Queue.Count, "song")}, repeat {RepeatCommand.Describe(playback.Repeat)}, volume {playback.Volume}");
        var saves = await peer.Saving.Ask<SavesStatus>(GetSaves.Instance, ConsoleContext.ReplyDeadline, cancellation).ConfigureAwait(false);
        if (!saves.IsIdle)
            Row(screen, $"saving    {Counted.Text(saves.Running.Count, "song")}, {saves.Waiting} waiting");
    }

    private static async Task<LinkStatus> GetLinkAsync(IActorRef trackerLink, CancellationToken cancellation)
    {
        var link = await AskAsync().ConfigureAwait(false);
        if (!link.Connected)
            return link;
        try
        {
            // The link remembers the number of songs that this page reports.
            await trackerLink.Ask(new ListSongs(Limit: 1), CountDeadline, cancellation).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            // The tracker is busy, so the number shown is the last one that it reported.
            return link;
        }

        return await AskAsync().ConfigureAwait(false);

        Task<LinkStatus> AskAsync() =>
            trackerLink.Ask<LinkStatus>(GetLinkStatus.Instance, ConsoleContext.ReplyDeadline, cancellation);
    }

    private static string Count(LinkStatus link) =>
        link.SongsInCatalog is { } songs ? $", {Counted.Text(songs, "song")} in the catalog" : "";

    private static void ShowLibrary(Screen screen, LibraryStatus status)
    {
        var summary = status.Summary;
        Row(
            screen,
            $"library   {Counted.Text(summary.Songs, "song")} in {Counted.Text(summary.SongFiles, "file")}, {summary.Problems.Count} left out, "
            + (status.IsWatched ? "watched" : "not watched"));
        foreach (var root in summary.Roots)
            Row(screen, $"          {root.SongFiles,6}  {SafeText.Clean(root.Root.Label)}");
        if (status.Failure is { } failure)
            Row(screen, $"          the last scan failed: {SafeText.Clean(failure)}");
        if (status.Progress is { } progress)
            Row(screen, $"scanning  {ScanDisplay.Text(progress)}");
    }

    private static void Row(Screen screen, string line) => screen.Row(line, NameWidth);

    private static string Port(PeerNode peer) => peer.Address is { } address
        ? $" on {ListenAddress.Shown(address, peer.Settings.ListensEverywhere)}" : ", but no port is open";

    private static string Refused(LinkStatus link) => link.SongsRefused > 0 ? $", {link.SongsRefused} refused by the tracker" : "";

    private static async Task ShowReachAsync(PeerNode peer, Screen screen, LinkStatus link)
    {
        if (peer.Address is not { } own || link.PortReachable is null)
            return;
        var mapping = peer.DescribeMapping is { } describe ? await describe().ConfigureAwait(false) : null;
        Row(screen, $"reach     {SafeText.Clean(ReachText.Describe(ReachState.From(link, own, mapping)))}");
    }
}
