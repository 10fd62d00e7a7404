using TspActors.Peer.Commands;
using TspActors.Peer.Library;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Commands;

/// <summary>Checks which trackers a peer uses if its settings name none.</summary>
public sealed class JoinedDefaultSpecs : IDisposable
{
    private static readonly PinnedTracker Attic = new("192.168.1.5", 7070, new KeyId(new byte[KeyId.Size]));
    private static readonly PinnedTracker Invited = Attic with { Host = "tracker.example" };

    private readonly TempFolder _folder = new();

    private PeerSettings Settings => new() { DataFolder = _folder.Path };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_discovered_tracker_is_used_with_its_key()
    {
        Remember(DataFolder.DiscoveredName, Attic);

        var tracker = Assert.Single(JoinedDefault.Apply(Settings).Trackers);

        Assert.Equal(new TrackerAddress("192.168.1.5", 7070), tracker);
        Assert.Equal(new TrackerSecurity(TrackerSecurityKind.Pinned, Attic.Key), tracker.Security);
    }

    [Fact]
    public void A_tracker_of_an_invitation_is_preferred_to_a_discovered_one()
    {
        Remember(DataFolder.DiscoveredName, Attic);
        Remember(DataFolder.JoinedName, Invited);

        Assert.Equal("tracker.example", Assert.Single(JoinedDefault.Apply(Settings).Trackers).Host);
    }

    [Fact]
    public void Trackers_in_the_settings_come_first()
    {
        Remember(DataFolder.DiscoveredName, Attic);
        var settings = Settings with { Trackers = [new TrackerAddress("mine.example", 7070)], AreTrackersChosen = true };

        Assert.Same(settings, JoinedDefault.Apply(settings));
        // On the command line, even the default tracker is the user's choice.
        settings = Settings with { AreTrackersChosen = true };
        Assert.Same(settings, JoinedDefault.Apply(settings));
    }

    private void Remember(string file, PinnedTracker tracker) => new JoinedTrackers(_folder.In(file)).Add(tracker);
}
