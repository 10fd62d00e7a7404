using TspActors.Media.Folders;

namespace TspActors.Media.Library;

/// <summary>The figures of the library at one moment.</summary>
/// <param name="Songs">Number of songs, each counted once.</param>
/// <param name="SongFiles">Number of files that hold songs, including copies.</param>
/// <param name="Roots">The shared folders.</param>
/// <param name="Problems">Files and folders that were skipped, with the reason, ordered by path.</param>
public sealed record LibrarySummary(int Songs, int SongFiles, IReadOnlyList<RootSummary> Roots, IReadOnlyList<SkippedFile> Problems)
{
    /// <summary>Number of files that are copies of a song served from another file.</summary>
    public int Copies => SongFiles - Songs;
}

/// <summary>A shared folder and the number of song files below it. A file below two of them counts for both.</summary>
public sealed record RootSummary(MusicRoot Root, int SongFiles);
