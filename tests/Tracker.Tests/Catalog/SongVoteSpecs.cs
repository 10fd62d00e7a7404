using System.Net;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Tests.Catalog;

/// <summary>Checks what is listed and found when hosts disagree about a song.</summary>
public sealed class SongVoteSpecs
{
    private readonly SongRegistry _registry = Samples.Registry(maxSongsPerPeer: 10);

    [Fact]
    public void Two_later_hosts_outvote_a_first_host_with_the_wrong_format_and_tags()
    {
        var wrong = Samples.Song(1, "Buy my pills");
        wrong.Format.PayloadBytes++;
        Share(1, "192.0.2.66", wrong);
        Share(2, "192.0.2.2", Samples.Song(1));
        Share(3, "192.0.2.3", Samples.Song(1));
        Assert.Equal(("Song 1", 2_880_000UL), Listed());
        Assert.Equal([1], _registry.Publish().Search("song"));
        Assert.Empty(_registry.Publish().Search("pills"));
    }

    [Fact]
    public void Format_and_tags_are_voted_on_separately()
    {
        var (longer, retitled) = (Samples.Song(1), Samples.Song(1, "Another title"));
        longer.Format.PayloadBytes++;
        Share(1, "192.0.2.1", longer);
        Share(2, "192.0.2.2", retitled);
        Share(3, "192.0.2.3", Samples.Song(1));
        Assert.Equal(("Song 1", 2_880_000UL), Listed());
        var entry = _registry.Publish().Find(1)!.Message();
        Assert.Equal((Samples.HashBytes(1), 3, false), (entry.ContentHash, entry.Hosts.Count, entry.Live));
    }

    [Fact]
    public void A_combination_of_format_and_tags_that_no_host_reported_is_listed_and_found()
    {
        var (a, b, c) = (Samples.Song(1, "Common"), Samples.Song(1, "Rare"), Samples.Song(1, "Common"));
        (a.Format.PayloadBytes, b.Format.PayloadBytes, c.Format.PayloadBytes) = (10, 20, 30);
        Share(1, "192.0.2.1", b);
        Share(2, "192.0.2.2", a);
        Share(3, "192.0.2.3", c);
        Assert.Equal(("Common", 20UL), Listed());
        Assert.Equal([1], _registry.Publish().Search("common"));
    }

    [Fact]
    public void An_address_has_one_vote_no_matter_how_many_peers_use_it()
    {
        Share(1, "192.0.2.1", Samples.Song(1));
        for (var peer = 2; peer <= 30; peer++)
            Share(peer, "192.0.2.66", Samples.Song(1, "Buy my pills"));
        for (var peer = 31; peer <= 60; peer++)
            Share(peer, $"2001:db8:1:1::{peer:x}", Samples.Song(1, "Buy my pills"));
        Share(61, "192.0.2.2", Samples.Song(1));
        Assert.Equal("Song 1", Listed().Title);
    }

    [Fact]
    public void In_a_tie_the_older_copy_wins()
    {
        Share(1, "192.0.2.1", Samples.Song(1, "First"));
        Share(2, "192.0.2.2", Samples.Song(1, "Second"));
        Assert.Equal("First", Listed().Title);
        _registry.Leave(Samples.Peer(1));
        Share(1, "192.0.2.1", Samples.Song(1, "First"));
        Assert.Equal("Second", Listed().Title);
    }

    [Fact]
    public void Only_the_oldest_copies_vote()
    {
        for (var peer = 1; peer <= SongVote.MaxVoters; peer++)
            Share(peer, $"10.0.{peer / 250}.{peer % 250}", Samples.Song(1));
        for (var peer = SongVote.MaxVoters + 1; peer <= 3 * SongVote.MaxVoters; peer++)
            Share(peer, $"10.1.{peer / 250}.{peer % 250}", Samples.Song(1, "Late"));
        Assert.Equal("Song 1", Listed().Title);
    }

    [Fact]
    public void When_all_hosts_agree_again_their_common_facts_are_listed()
    {
        Share(1, "192.0.2.66", Samples.Song(1, "Buy my pills"));
        Share(2, "192.0.2.2", Samples.Song(1));
        Share(3, "192.0.2.3", Samples.Song(1));
        _registry.Leave(Samples.Peer(2));
        _registry.Leave(Samples.Peer(1));
        Assert.Equal("Song 1", Listed().Title);
        Share(3, "192.0.2.3", Samples.Song(1, "New"));
        Assert.Equal("New", Listed().Title);
    }

    [Fact]
    public void A_change_that_does_not_affect_the_vote_keeps_the_same_facts_array()
    {
        Share(1, "192.0.2.66", Samples.Song(1, "Buy my pills"));
        Share(2, "192.0.2.2", Samples.Song(1));
        Share(3, "192.0.2.3", Samples.Song(1));
        var before = _registry.Publish().Find(1)!.Facts;
        Share(4, "192.0.2.4", Samples.Song(1));
        Share(1, "192.0.2.66", Samples.Song(1, "Buy more pills"));
        Assert.Same(before, _registry.Publish().Find(1)!.Facts);
    }

    [Fact]
    public void Hosts_with_different_gains_vote_together_on_the_rest_of_the_format()
    {
        var (wrong, other) = (Samples.Song(1), Samples.Song(1));
        (wrong.Format.PayloadBytes, wrong.Format.TrackGainCdb) = (1, -100);
        (other.Format.TrackGainCdb, other.Format.TrackPeakPpm) = (-654, 900_000);
        Share(1, "192.0.2.1", wrong);
        Share(2, "192.0.2.2", Samples.Song(1));
        Share(3, "192.0.2.3", other);
        Assert.Equal(2_880_000UL, Listed().Bytes);
        Share(4, "192.0.2.4", other);

        var format = _registry.Publish().Find(1)!.Message().Format;

        Assert.Equal((2_880_000UL, -654, 900_000U), (format.PayloadBytes, format.TrackGainCdb, format.TrackPeakPpm));
    }

    [Fact]
    public void An_impossible_gain_is_dropped_and_the_song_stays()
    {
        var loud = Samples.Song(1);
        (loud.Format.TrackGainCdb, loud.Format.AlbumGainCdb, loud.Format.TrackPeakPpm) = (9_999_999, -300, uint.MaxValue);
        Share(1, "192.0.2.1", loud);

        var format = _registry.Publish().Find(1)!.Message().Format;

        Assert.Equal((false, false, -300), (format.HasTrackGainCdb, format.HasTrackPeakPpm, format.AlbumGainCdb));
    }

    private (string Title, ulong Bytes) Listed()
    {
        var song = _registry.Publish().Find(1)!.Message();
        return (song.Tags.Title, song.Format.PayloadBytes);
    }

    private void Share(int peer, string address, SharedSong song)
    {
        if (_registry.CountOf(Samples.Peer(peer)) == 0)
            _registry.Join(new CatalogHost(Samples.Peer(peer), $"peer {peer}", address, 7071, IPAddress.Parse(address)));
        Assert.Equal(1, Assert.Single(_registry.Apply(Samples.Peer(peer), Samples.Complete(song))).Id);
    }
}
