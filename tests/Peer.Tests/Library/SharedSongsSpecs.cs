using Google.Protobuf;
using TspActors.Media.Library;
using TspActors.Peer.Library;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Library;

public sealed class SharedSongsSpecs
{
    private readonly OwnSongsCell _cell = new();
    private readonly SharedSongs _songs;

    public SharedSongsSpecs() => _songs = new SharedSongs(_cell);

    [Fact]
    public void A_song_has_its_stored_id_when_it_is_added_and_again_after_it_was_removed()
    {
        _songs.AddKnownIds(new Dictionary<ContentHash, int> { [Hash(1)] = 7 });
        Assert.Equal([Hash(1), Hash(2)], _songs.Apply(Changes([1, 2], [])));
        Assert.Equal((7, 0), (_cell.Current.ByHash[Hash(1)].Id, _cell.Current.ByHash[Hash(2)].Id));
        Assert.Equal(Hash(1), _cell.Current.Find(7)?.File.Hash);
        _songs.Apply(Changes([], [1]));
        Assert.Null(_cell.Current.Find(7));
        _songs.Apply(Changes([1], []));
        Assert.Equal(Hash(1), _cell.Current.Find(7)?.File.Hash);
    }

    [Fact]
    public void A_newly_assigned_id_replaces_the_earlier_one()
    {
        _songs.Apply(Changes([1, 2], []));
        Assert.Equal(2, Assign((1, 5), (2, 6)).Count);
        Assert.Empty(Assign((1, 5)));
        Assert.Single(Assign((1, 6), (2, 0)));
        Assert.Null(_cell.Current.Find(5));
        Assert.Equal(Hash(1), _cell.Current.Find(6)?.File.Hash);
        _songs.Apply(Changes([], [2]));
        Assert.Equal(Hash(1), _cell.Current.Find(6)?.File.Hash);
    }

    [Fact]
    public void A_tracker_that_keeps_changing_an_id_uses_no_more_memory()
    {
        _songs.Apply(Changes([1, 2], []));
        for (var id = 1; id <= 1_000; id++)
            Assign((1, id));

        Assert.Equal(1, _songs.RememberedAssignments);
        Assert.Equal(Hash(1), _cell.Current.Find(1_000)?.File.Hash);
        Assign((2, 500));
        Assert.Equal(Hash(2), _cell.Current.Find(500)?.File.Hash);
    }

    [Fact]
    public void A_receipt_is_offered_with_its_id_and_a_new_one_replaces_it()
    {
        var (first, second) = (IdReceipt.Sign([1], Hash(1), 7), IdReceipt.Sign([2], Hash(1), 7));
        _songs.AddKnownIds(
            new Dictionary<ContentHash, int> { [Hash(1)] = 7 }, new Dictionary<ContentHash, IdReceipt> { [Hash(1)] = first });
        _songs.Apply(Changes([1], []));
        Assert.Equal((7, first.ToByteString()), Offered());

        var assigned = new AssignedSong { ContentHash = ByteString.CopyFrom(Hash(1).ToArray()), Id = 7, Receipt = second.ToByteString() };
        Assert.Single(_songs.Assign([assigned]));
        Assert.Equal((7, second.ToByteString()), Offered());
        Assert.Equal(second, Assert.Single(_songs.Receipts([Hash(1), Hash(2)])).Value);
        Assert.Empty(_songs.Assign([assigned]));

        (int, ByteString) Offered() =>
            _cell.Current.ByHash[Hash(1)].ToShared() is var shared ? (shared.LastId, shared.Receipt) : default;
    }

    [Fact]
    public void Ids_from_the_tracker_take_precedence_over_ids_from_the_index()
    {
        Assign((1, 5));
        _songs.AddKnownIds(new Dictionary<ContentHash, int> { [Hash(1)] = 7 });
        _songs.Apply(Changes([1], []));
        Assert.Equal(5, _cell.Current.ByHash[Hash(1)].Id);
    }

    [Fact]
    public void A_song_loses_its_id_when_the_id_is_assigned_to_another_song()
    {
        _songs.AddKnownIds(new Dictionary<ContentHash, int> { [Hash(1)] = 7, [Hash(2)] = 7, [Hash(3)] = 8 });
        _songs.Apply(Changes([1, 2, 3], []));
        // The tracker assigns id 7 to song 1 only, and id 8 to a song that this peer does not share.
        Assign((1, 7), (4, 8));
        Assert.Equal((7, 0), (_cell.Current.ByHash[Hash(1)].Id, _cell.Current.ByHash[Hash(3)].Id));
        Assign((2, 9));
        Assert.Equal(
            (Hash(1), Hash(2), null),
            (_cell.Current.Find(7)?.File.Hash, _cell.Current.Find(9)?.File.Hash, _cell.Current.Find(8)?.File.Hash));
        _songs.Apply(Changes([], [3]));
        _songs.Apply(Changes([3], []));
        Assert.Equal(0, _cell.Current.ByHash[Hash(3)].Id);
    }

    [Fact]
    public void The_number_of_ids_for_songs_that_this_peer_never_had_is_limited()
    {
        _songs.Apply(Changes([1], []));
        AssignedSong Foreign(int number)
        {
            var hash = new byte[ContentHash.Size];
            BitConverter.TryWriteBytes(hash, number);
            hash[^1] = 0xEE;
            return new AssignedSong { ContentHash = ByteString.CopyFrom(hash), Id = 100 + number };
        }

        var stored = 0;
        for (var round = 0; round < 5; round++)
            stored += _songs.Assign([.. Enumerable.Range(round * 4_000, 4_000).Select(Foreign)]).Count;

        Assert.Equal(10_000, stored);
        Assert.Single(Assign((1, 7)));
        Assert.Equal(Hash(1), _cell.Current.Find(7)?.File.Hash);
    }

    private IReadOnlyDictionary<ContentHash, int> Assign(params (int Seed, int Id)[] songs) =>
        _songs.Assign(
            [.. songs.Select(song => new AssignedSong { ContentHash = ByteString.CopyFrom(Hash(song.Seed).ToArray()), Id = song.Id })]);

    private static LibraryChanges Changes(int[] served, int[] gone) => new(
        [.. served.Select(seed => new SongFile($"/{seed}.mp3", default, 0, 1, Hash(seed), new AudioFormat(), new SongTags { Title = $"{seed}" }))],
        [.. gone.Select(Hash)]);

    private static ContentHash Hash(int seed) => new([.. Enumerable.Repeat((byte)seed, ContentHash.Size)]);
}
