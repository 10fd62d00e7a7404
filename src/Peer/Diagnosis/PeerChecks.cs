using Akka.Actor;
using TspActors.Peer.Library;
using TspActors.Peer.Reaching;
using TspActors.Peer.Tracking;
using TspActors.Playback;

namespace TspActors.Peer.Diagnosis;

/// <summary>The checks for a running peer, in the order in which they are reported.</summary>
internal static class PeerChecks
{
    /// <summary>How long a check may take.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    // How long to wait for a tracker, and for its verdict on the port. The tracker tests a port within seconds of the registration, but
    // this peer learns the result only from a grant for one of its own songs, which must be scanned first.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan LongestVerdictWait = TimeSpan.FromSeconds(20);

    /// <summary>Returns an examination that runs the checks for a peer.</summary>
    /// <param name="peer">The peer; a guest if it cannot share.</param>
    /// <param name="portFinding">The finding about the port of a guest; null for a sharing peer.</param>
    /// <param name="isFresh">Whether the peer has just started.</param>
    public static Examination Examine(PeerNode peer, Finding? portFinding, bool isFresh) =>
        new(For(peer, portFinding, isFresh, TimeProvider.System), Deadline, TimeProvider.System);

    private static List<ICheck> For(PeerNode peer, Finding? portFinding, bool isFresh, TimeProvider clock)
    {
        var settings = peer.Settings;
        var link = new LinkWatch(GetStatusAsync, LongestWait, clock);
        var verdict = new PortVerdict(link, new LinkWatch(GetStatusAsync, LongestVerdictWait, clock), isFresh);
        return
        [
            new TrackerCheck(link, new TrackerTrust(settings.Encryption)),
            peer.Address is { } own
                ? new PortCheck(verdict, own, () => peer.SongsShared, peer.DescribeMapping)
                : new KnownFinding(portFinding ?? Finding.Warning(PortCheck.Check, "this command serves no requesters")),
            new NatCheck(link, peer.Address is null ? null : verdict, OwnAddresses.Read),
            new MappingCheck(verdict, peer.DescribeMapping),
            new TlsCheck(settings.Encryption, settings.DataFolder),
            new ClockCheck(clock, Directory.GetLastWriteTimeUtc(AppContext.BaseDirectory)),
            new MusicCheck(
                settings.Library.Roots(settings.Music),
                peer.Address is null
                    ? null
                    : cancellation => peer.Library.Ask<LibraryStatus>(GetLibraryStatus.Instance, Deadline, cancellation)),
            new DataFolderCheck(settings.DataFolder),
            new SoundCheck(() => AudioBackends.Resolve("auto", settings.Listening.Audio)),
            new OpenFilesCheck(),
        ];

        Task<LinkStatus> GetStatusAsync(CancellationToken cancellation) =>
            peer.TrackerLink.Ask<LinkStatus>(GetLinkStatus.Instance, Deadline, cancellation);
    }
}
