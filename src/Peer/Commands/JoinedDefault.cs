using TspActors.Peer.Library;
using TspActors.Peer.Tracking;

namespace TspActors.Peer.Commands;

/// <summary>
/// Uses the trackers that this peer has joined if the user has chosen none in the settings. Trackers joined by invitation come before
/// those found on a local network.
/// </summary>
internal static class JoinedDefault
{
    /// <summary>Returns true if the user has chosen no tracker, and the settings therefore contain only the default one.</summary>
    public static bool Applies(PeerSettings settings) => !settings.AreTrackersChosen;

    /// <summary>
    /// Returns the settings with the joined trackers in place of the default one; unchanged if no joined tracker may be used.
    /// </summary>
    /// <exception cref="IOException">A file that lists joined trackers cannot be read.</exception>
    public static PeerSettings Apply(PeerSettings settings)
    {
        if (!Applies(settings) || settings.DataFolder.Length == 0 || settings.Encryption == PeerEncryption.Off)
            return settings;
        var joined = Read(settings, DataFolder.JoinedName);
        if (joined.Count == 0)
            joined = Read(settings, DataFolder.DiscoveredName);
        return joined.Count == 0 ? settings : settings with { Trackers = [.. joined.Select(Address)] };
    }

    private static List<Protocol.PinnedTracker> Read(PeerSettings settings, string name) =>
        new JoinedTrackers(Path.Combine(settings.DataFolder, name)).Read();

    private static TrackerAddress Address(Protocol.PinnedTracker tracker) =>
        new(tracker.Host, tracker.Port) { Security = new TrackerSecurity(TrackerSecurityKind.Pinned, tracker.Key) };
}
