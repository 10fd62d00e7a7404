using TspActors.Protocol;

namespace TspActors.Media.Library;

/// <summary>
/// The library's record of a file: a <see cref="SongFile"/>, or a <see cref="SkippedFile"/> with the reason for skipping it.
/// </summary>
/// <param name="Path">The path of the file.</param>
/// <param name="Stat">The length and time of the file when it was read.</param>
public abstract record LibraryEntry(string Path, FileStat Stat);

/// <summary>
/// A file that contains a song. It is immutable by convention: its format and tags are shared objects, and no code may change them.
/// </summary>
/// <param name="Path">The path of the file.</param>
/// <param name="Stat">The length and time of the file when it was hashed. The file may be served only as long as both stay the
/// same.</param>
/// <param name="PayloadOffset">The offset of the payload in the file.</param>
/// <param name="PayloadLength">The length of the payload in bytes.</param>
/// <param name="Hash">The content hash of the song.</param>
/// <param name="Format">Duration, bitrate and encoding.</param>
/// <param name="Tags">Title, artist and other tags; the title is never empty.</param>
public sealed record SongFile(
    string Path, FileStat Stat, long PayloadOffset, long PayloadLength, ContentHash Hash, AudioFormat Format, SongTags Tags)
    : LibraryEntry(Path, Stat)
{
    /// <summary>
    /// Where the cover comes from: a constant in <see cref="Covers.CoverSource"/>, or the stamp of the picture in the folder.
    /// </summary>
    internal long CoverSource { get; init; }

    /// <summary>Reads a file from front to back: finds, measures and hashes its payload, and reads its tags.</summary>
    /// <returns>
    /// The song and the leaves of its Merkle tree, or the reason to skip the file. Never throws because of the file's content or state.
    /// </returns>
    /// <exception cref="OperationCanceledException">The read was cancelled.</exception>
    public static FileReading Read(string path, MediaLimits? limits = null, CancellationToken cancellation = default) =>
        SongFileReader.Read(path, limits ?? MediaLimits.Default, cancellation);
}

/// <summary>A file or folder that is not in the library, or a .tspignore file with ignored lines.</summary>
/// <param name="Path">The path of the file or folder.</param>
/// <param name="Stat">The length and time when it was checked; default if they could not be read.</param>
/// <param name="Reason">The machine-readable reason.</param>
/// <param name="Text">The human-readable reason: one line, without the path.</param>
public sealed record SkippedFile(string Path, FileStat Stat, SkipReason Reason, string Text) : LibraryEntry(Path, Stat)
{
    /// <summary>True when the reason lies in the file's content, and therefore stays valid until the file changes.</summary>
    public bool IsLasting => Reason is SkipReason.Empty or SkipReason.NotMp3 or SkipReason.Truncated;
}

/// <summary>Why a file or folder is skipped. The numbers are stored in the index and must never be reused.</summary>
public enum SkipReason
{
    /// <summary>The file is empty.</summary>
    Empty = 1,

    /// <summary>The file is not MPEG Layer III audio.</summary>
    NotMp3 = 2,

    /// <summary>The file ends before its first complete frame of audio.</summary>
    Truncated = 3,

    /// <summary>The file cannot be read, for example because access is denied or the disk reports an error.</summary>
    Unreadable = 4,

    /// <summary>The file disappeared before it was read.</summary>
    Vanished = 5,

    /// <summary>The file was written to while it was being read, or shortly before.</summary>
    ChangedWhileRead = 6,

    /// <summary>A shared folder does not exist.</summary>
    FolderMissing = 7,

    /// <summary>A folder cannot be listed, or a .tspignore file cannot be used.</summary>
    FolderUnreadable = 8,

    /// <summary>At least one line of a .tspignore file is ignored.</summary>
    PatternIgnored = 9,
}

/// <summary>The result of reading one file.</summary>
/// <param name="Entry">The song, or the reason why there is none.</param>
/// <param name="Leaves">The leaves of the song's Merkle tree, 32 bytes per 16 KiB block; empty when there is no song.</param>
public sealed record FileReading(LibraryEntry Entry, ReadOnlyMemory<byte> Leaves)
{
    /// <summary>True if the file ends in the middle of a frame, or earlier than its info frame says. It may be incomplete.</summary>
    public bool IsCutOff { get; init; }
}
