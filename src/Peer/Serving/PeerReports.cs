using Akka.Actor;
using TspActors.Gateway.Swarm;
using TspActors.Peer.Hosting;
using TspActors.Peer.Library;
using TspActors.Peer.Listening;
using TspActors.Peer.Tracking;
using TspActors.Protocol;

namespace TspActors.Peer.Serving;

/// <summary>Queries a peer's actors on behalf of the gateway. Every query has a deadline.</summary>
internal sealed class PeerReports(ServedPeer peer)
{
    private const int MaxProblems = 200;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    /// <summary>Describes the peer.</summary>
    public async Task<object> DescribeAsync()
    {
        var link = await peer.TrackerLink.Ask<LinkStatus>(GetLinkStatus.Instance, Deadline).ConfigureAwait(false);
        var hosting = await peer.Hosting.Ask<HostingStatus>(GetHostingStatus.Instance, Deadline).ConfigureAwait(false);
        IReadOnlyList<string> problems;
        try
        {
            problems = (await peer.Library.Ask<ScanReport>(GetScanReport.Instance, TimeSpan.FromSeconds(1)).ConfigureAwait(false)).Problems;
        }
        catch (AskTimeoutException)
        {
            // The library replies only when its scan has finished.
            problems = ["the music folders are still being scanned"];
        }

        return new PeerReport(
            peer.Name, peer.Requester.Peer.ToString(), peer.Address, ToSwarmLink(link), link.PortReachable, peer.SongsShared(),
            link.SongsRefused, [.. problems.Take(MaxProblems)], [.. hosting.Streams.Select(ToUpload)], hosting.Max,
            hosting.Upload.ToString())
        {
            Active = hosting.Active,
        };
    }

    private static OutgoingTransfer ToUpload(HostedStream stream) => new(stream.Song.File.Tags.Title, stream.Requester, stream.IsDownload);

    /// <summary>Asks the tracker which peers host a song and how busy they are. Only the reply to PLAY contains their load.</summary>
    public async Task<object> FindHostsAsync(int songId)
    {
        var reply = await peer.TrackerLink.Ask(new FindHosts(songId), Deadline).ConfigureAwait(false);
        return new SongHosts(reply is PlayGrant { Song: { } song } && song.Id == songId ? [.. song.Hosts] : []);
    }

    /// <summary>Controls the loudspeaker.</summary>
    public async Task<object> ControlAsync(ControlSpeaker order)
    {
        if (peer.Playback.IsNobody())
            return new SpeakerReply(false, "this peer has no loudspeaker: it was started with 'serve'");
        return SpeakerOrders.ToPlayback(order) is { } command
            ? SpeakerOrders.ToReply(await peer.Playback.Ask(command, TimeSpan.FromSeconds(15)).ConfigureAwait(false))
            : new SpeakerReply(false, "the command is incomplete");
    }

    /// <summary>Describes the loudspeaker.</summary>
    public async Task<object> DescribeSpeakerAsync() => peer.Playback.IsNobody()
        ? SpeakerOrders.None
        : SpeakerOrders.ToState(await peer.Playback.Ask<PlaybackStatus>(GetPlayback.Instance, Deadline).ConfigureAwait(false));

    /// <summary>Returns the state of the tracker link in the gateway's terms.</summary>
    public static SwarmLink ToSwarmLink(LinkStatus status) => new(status.Connected, status.Tracker.ToString(), status.Detail);
}
