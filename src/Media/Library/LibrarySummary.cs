using TspActors.Media.Folders;

namespace TspActors.Media.Library;

/// <summary>A summary of the library at one moment.</summary>
/// <param name="Songs">The number of songs, each counted once.</param>
/// <param name="SongFiles">The number of files that contain songs. Several files may contain the same song.</param>
/// <param name="Roots">The shared folders.</param>
/// <param name="Problems">The files and folders that were skipped, with the reasons, ordered by path.</param>
public sealed record LibrarySummary(int Songs, int SongFiles, IReadOnlyList<RootSummary> Roots, IReadOnlyList<SkippedFile> Problems)
{
    /// <summary>The number of files whose song is served from a different file.</summary>
    public int Copies => SongFiles - Songs;
}

/// <summary>A shared folder and the number of song files below it. A file below two shared folders counts for both.</summary>
public sealed record RootSummary(MusicRoot Root, int SongFiles);
