using System.Net;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Peers;
using Xunit.Abstractions;

namespace TspActors.Tracker.Tests.Catalog;

/// <summary>Checks the limits on one address whose peers claim to host every song, under names of the maximum length.</summary>
public sealed class CrowdedPagesSpecs(ITestOutputHelper output)
{
    private static readonly string LongName = PeerName.Cut(string.Concat(Enumerable.Repeat("😀", 64)));

    [Fact]
    public void Pages_grow_at_most_sixfold_when_31_connections_claim_all_songs()
    {
        var registry = Samples.Registry(int.MaxValue);
        Claim(registry, 1, "anna", 1_000);
        var honest = PageBytes(registry.Publish());
        for (var peer = 2; peer <= 32; peer++)
            Claim(registry, peer, LongName, 1_000);
        var crowded = PageBytes(registry.Publish());
        output.WriteLine($"{honest} bytes, then {crowded}: {(double)crowded / honest:0.0}-fold");
        Assert.InRange((double)crowded / honest, 1, 6);
    }

    [Fact]
    public void A_host_that_appears_on_no_page_is_not_broadcast()
    {
        var registry = Samples.Registry(int.MaxValue);
        for (var peer = 1; peer <= 8; peer++)
            Claim(registry, peer, "anna", 10);
        registry.Publish();
        Assert.Equal(10, registry.DrainDelta().Changed!.Count);

        Claim(registry, 9, LongName, 10);
        registry.Publish();
        Assert.False(registry.HasChangesToBroadcast);
        Assert.Equal(9, registry.Publish().Find(1)!.HostCount);
        registry.Leave(Samples.Peer(9));
        registry.Publish();
        Assert.False(registry.HasChangesToBroadcast);

        Claim(registry, 9, LongName, 10);
        registry.Leave(Samples.Peer(3));
        registry.Publish();
        Assert.Contains(registry.DrainDelta().Changed![0].Message().Hosts, host => host.Name == LongName);
    }

    [Fact]
    public void The_number_of_already_shared_songs_that_one_address_may_claim_is_limited()
    {
        var time = new ManualClock();
        var limits = new CatalogLimits { SongsPerPeer = 100, KnownSongsPerAddress = 150, KnownSongsPerAddressHour = 60 };
        var registry = new SongRegistry(limits, new EncodedPages(0), time);
        Claim(registry, 1, "anna", 100);
        Assert.Equal(100, Accepted(Claim(registry, 2, "a", 100)));
        var refused = Claim(registry, 3, "b", 100);
        Assert.Equal(50, Accepted(refused));
        Assert.Equal(
            "of the songs that other peers already share, this tracker accepts at most 60 an hour from one address; try again in 5 min",
            refused[^1].Refusal);
        // Reconnecting does not refill the budget, and sharing the same songs again costs nothing.
        registry.Leave(Samples.Peer(3));
        Assert.Equal(0, Accepted(Claim(registry, 3, "b", 100)));
        Assert.Equal(100, Accepted(registry.Apply(Samples.Peer(2), Samples.Complete(Samples.Songs(100)))));
        Assert.Equal(100, Accepted(Claim(registry, 4, "c", 100, "192.0.2.4")));
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(5, Accepted(Claim(registry, 3, "b", 100)));
    }

    [Theory]
    [InlineData("anna")]
    [InlineData("ä")]
    public void A_short_name_is_unchanged(string name) => Assert.Equal(name, PeerName.Cut(name));

    [Fact]
    public void A_long_name_is_truncated_between_two_characters()
    {
        Assert.Equal(string.Concat(Enumerable.Repeat("😀", 16)), LongName);
        Assert.Equal("x" + string.Concat(Enumerable.Repeat("😀", 15)), PeerName.Cut("x" + LongName));
        Assert.Equal(new string('x', 64), PeerName.Cut(new string('x', 65)));
    }

    private static int Accepted(IEnumerable<AssignedSong> songs) => songs.Count(song => song.Id > 0);

    private static IReadOnlyList<AssignedSong> Claim(SongRegistry registry, int peer, string name, int songs, string address = "192.0.2.66")
    {
        registry.Join(new CatalogHost(Samples.Peer(peer), name, address, 7071, IPAddress.Parse(address)));
        return registry.Apply(Samples.Peer(peer), Samples.Complete(Samples.Songs(songs)));
    }

    private static long PageBytes(CatalogSnapshot catalog)
    {
        var bytes = 0L;
        var cursor = 0;
        do
        {
            var page = CatalogReplies.List(catalog, cursor, new ListRequest { Limit = 1_000 });
            bytes += page.Length;
            cursor = Samples.Body<SongPage>(Samples.Frame(page)).NextCursor;
        }
        while (cursor != 0);
        return bytes;
    }
}
