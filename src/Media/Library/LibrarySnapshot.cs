using System.Collections.Frozen;
using TspActors.Protocol;

namespace TspActors.Media;

/// <summary>The library as one scan found it; immutable, so that it can be handed to anybody.</summary>
public sealed class LibrarySnapshot
{
    internal LibrarySnapshot(IEnumerable<SongFile> songs, IEnumerable<SkippedFile> problems, int filesRead)
    {
        var byHash = new Dictionary<ContentHash, SongFile>();
        foreach (var song in songs)
        {
            SongFiles++;
            if (!byHash.TryGetValue(song.Hash, out var served) || string.CompareOrdinal(song.Path, served.Path) < 0)
                byHash[song.Hash] = song;
        }
        Songs = byHash.ToFrozenDictionary();
        Problems = [.. problems.OrderBy(problem => problem.Path, StringComparer.Ordinal)];
        FilesRead = filesRead;
    }

    /// <summary>A library with nothing in it.</summary>
    public static LibrarySnapshot Empty { get; } = new([], [], 0);

    /// <summary>Every song once: of several files with the same payload the first by path is the one to serve. Leaves are read from the index when needed.</summary>
    public FrozenDictionary<ContentHash, SongFile> Songs { get; }

    /// <summary>Files and folders that were left out and why, by path.</summary>
    public IReadOnlyList<SkippedFile> Problems { get; }

    /// <summary>Files that hold songs, copies included.</summary>
    public int SongFiles { get; }

    /// <summary>Files that are copies of a song that is served from another file.</summary>
    public int Copies => SongFiles - Songs.Count;

    /// <summary>Files that had to be read because they were new or changed.</summary>
    public int FilesRead { get; }
}
