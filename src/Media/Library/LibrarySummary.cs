using TspActors.Media.Folders;

namespace TspActors.Media.Library;

/// <summary>The library in figures, at one moment.</summary>
/// <param name="Songs">Songs, each counted once.</param>
/// <param name="SongFiles">Files that hold songs, copies included.</param>
/// <param name="Roots">The shared folders.</param>
/// <param name="Problems">Files and folders that were left out and why, by path.</param>
public sealed record LibrarySummary(int Songs, int SongFiles, IReadOnlyList<RootSummary> Roots, IReadOnlyList<SkippedFile> Problems)
{
    /// <summary>Files that are copies of a song that is served from another file.</summary>
    public int Copies => SongFiles - Songs;
}

/// <summary>A shared folder and how many files with songs are under it; a file under two of them counts for both.</summary>
public sealed record RootSummary(MusicRoot Root, int SongFiles);
