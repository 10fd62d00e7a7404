using TspActors.Peer.Tracking;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>Followers that apply pages and changes as the gateway's library does.</summary>
internal sealed class FollowersOfTests : ICatalogFollowers
{
    private readonly HashSet<int> _listed = [];

    public bool Any { get; set; } = true;

    public bool AreReady { get; set; } = true;

    /// <summary>The songs that the followers hold.</summary>
    public SortedDictionary<int, Song> Songs { get; } = [];

    /// <summary>The maximum number of songs that the followers have held so far.</summary>
    public int MostSongs { get; private set; }

    public void Listed(IReadOnlyList<Song> songs, bool isFirst, bool isLast)
    {
        if (isFirst)
            _listed.Clear();
        foreach (var song in songs)
        {
            Songs[song.Id] = song;
            _listed.Add(song.Id);
        }

        MostSongs = Math.Max(MostSongs, Songs.Count);
        foreach (var id in isLast ? Songs.Keys.Where(id => !_listed.Contains(id)).ToArray() : [])
            Songs.Remove(id);
    }

    public void Changed(CatalogDelta delta)
    {
        foreach (var song in delta.Changed)
            Songs[song.Id] = song;
        foreach (var id in delta.Removed)
            Songs.Remove(id);
        MostSongs = Math.Max(MostSongs, Songs.Count);
    }
}
