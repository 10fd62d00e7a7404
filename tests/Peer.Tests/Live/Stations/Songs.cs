using TspActors.Media.Library;
using TspActors.Peer.Library;
using TspActors.Peer.Live.Stations;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Live.Stations;

/// <summary>Creates songs for the tests of stations. The songs from <see cref="Song"/> have no files.</summary>
internal static class Songs
{
    public static OwnSong Song(int number, string artist = "", string title = "", string album = "", string path = "")
    {
        var tags = new SongTags { Title = title.Length > 0 ? title : $"Song {number}", Artist = artist, Album = album };
        return new OwnSong(number, new SongFile(
            path.Length > 0 ? path : $"/music/{number:d6}.mp3", default, 0, 1000, new TestHash(number).Value, new AudioFormat(), tags));
    }

    /// <summary>Returns one song for each artist in the list. The songs are numbered from <paramref name="from"/> on.</summary>
    public static IReadOnlyList<RotationSong> By(IEnumerable<string> artists, int from = 1) =>
        [.. artists.Select((artist, i) => RotationSong.Of(Song(from + i, artist)))];

    public static OwnSongs Library(params IEnumerable<OwnSong> songs)
    {
        var library = OwnSongs.None;
        foreach (var song in songs)
        {
            library = new OwnSongs(
                library.ByHash.SetItem(song.File.Hash, song), song.Id > 0 ? library.ById.SetItem(song.Id, song.File.Hash) : library.ById);
        }

        return library;
    }

    public static IReadOnlyList<int> Play(Rotation rotation, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => rotation.Next()!.Song.Id)];
}
