using Google.Protobuf;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>Checks that a tracker cannot make a peer connect to addresses that only the peer itself can reach.</summary>
public sealed class LinkAddressSpecs(ITestOutputHelper output) : TrackerLinkSpec(output)
{
    [Fact]
    public async Task A_host_at_an_address_that_the_tracker_cannot_know_is_removed_from_a_grant()
    {
        Start();
        using var tracker = await RegisterAsync();
        var asked = AskAsync(new FindHosts(1));
        await tracker.Expect(Operation.Play);
        var song = SongOf(1);
        song.Hosts.Add(HostAt("0.0.0.0"));
        await tracker.Send(Operation.Play, 1, new PlayGrant { Song = song });

        var grant = Assert.IsType<PlayGrant>(await asked);
        Assert.Equal(["10.0.0.1"], grant.Song.Hosts.Select(host => host.Address));
    }

    [Fact]
    public async Task A_grant_without_a_permitted_host_is_refused_with_the_reason()
    {
        Start();
        using var tracker = await RegisterAsync();
        var asked = AskAsync(new FindHosts(1));
        await tracker.Expect(Operation.Play);
        var song = SongOf(1);
        song.Hosts.Clear();
        song.Hosts.Add(HostAt("224.0.0.1"));
        await tracker.Send(Operation.Play, 1, new PlayGrant { Song = song });

        var refused = Assert.IsType<TrackerRefused>(await asked);
        Assert.Equal(ErrorCode.NoHost, refused.Error.Code);
        Assert.Contains("224.0.0.1:22", refused.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_the_tracker_is_gone_its_address_still_decides_which_hosts_of_a_known_song_are_tried()
    {
        var lost = Calm with { ReconnectMin = TimeSpan.FromMinutes(1), ReconnectMax = TimeSpan.FromMinutes(1) };
        Start(settings: lost, wantsBroadcasts: true);
        var song = SongOf(1);
        song.Hosts.Add(HostAt("0.0.0.0"));
        song.Hosts.Add(HostAt("127.0.0.1"));
        using (var tracker = await RegisterAsync())
        {
            var asked = AskAsync(new FindHosts(1));
            await tracker.Expect(Operation.Play);
            await tracker.Send(Operation.Play, 1, new PlayGrant { Song = song });
            await asked;
        }

        await StatusBecomesAsync(status => !status.Connected);
        var grant = Assert.IsType<PlayGrant>(await AskAsync(new FindHosts(1)));
        Assert.Equal(["10.0.0.1", "127.0.0.1"], grant.Song.Hosts.Select(host => host.Address));
    }

    [Fact]
    public async Task An_alternative_tracker_at_an_impossible_address_is_not_tried()
    {
        OpenTrackers(2);
        Start([AddressOf(0)]);
        // On Linux, a connection to 0.0.0.0 reaches this machine.
        using (await RegisterAsync(0, "one", new TrackerAddress("0.0.0.0", AddressOf(1).Port), AddressOf(0)))
        {
        }

        using var again = await RegisterAsync(0, "one");
        Assert.False(HasPending(1));
    }

    private static Host HostAt(string address) =>
        new() { PeerId = ByteString.CopyFrom(new byte[PeerId.Size]), Name = "evil", Address = address, Port = 22 };
}
