using TspActors.Peer.Library;
using TspActors.Peer.Listening;
using TspActors.Peer.Live;
using TspActors.Peer.Reaching;
using TspActors.Peer.Reaching.Mapping;
using TspActors.Peer.Saving;
using TspActors.Peer.Tracking;

namespace TspActors.Peer.Terminal;

/// <summary>Describes the peer's events for the user.</summary>
internal static class EventText
{
    /// <summary>Returns the line to print for an event; null if the user need not know about it.</summary>
    public static string? Describe(object happened) => happened switch
    {
        LinkStatus { Final: true } status => $"not connected to {status.Tracker}: {status.Detail}",
        LinkStatus { Connected: true } status => $"connected to {status.Detail} at {status.Tracker}",
        LinkStatus status => $"no tracker at {status.Tracker}: {status.Detail}; trying again",
        TrustNotice notice => $"warning: {notice.Reason}",
        RefusalNotice notice => $"warning: the tracker at {notice.Tracker} refused this peer: {notice.Reason}; trying the other trackers",
        PortNotice notice => ReachText.Announce(notice),
        MappingChanged { Status: { State: MappingState.Mapped } status } => status.Text,
        LibraryNotice notice => notice.Text,
        LiveNotice notice => SafeText.Clean(notice.Text),
        PlaybackNotice notice => notice.Text,
        SongHeard heard => $"playing {SongText.Name(heard.Song)} ({SongText.Duration(heard.Song)}) from {heard.Host.Name}"
            + (heard.Way is HostWay.Direct ? "" : $", {heard.Way.Text}"),
        TitleHeard heard => $"now: {SafeText.Clean(heard.Title)}",
        SongOver { Failure: not null, Answered: true } => null,
        SongOver { Failure: { } failure } => $"stopped: {failure}",
        SongOver { Song: { } song } => $"ended: {SongText.Name(song)}",
        SaveOver { Failure: { } failure } => $"not saved: {failure}",
        SaveOver { Path: { } path } => $"saved: {path}, verified",
        _ => null,
    };
}
