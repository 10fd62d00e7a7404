using TspActors.Protocol;

namespace TspActors.Media.Library;

/// <summary>What is known of a file of the library: it is a <see cref="SongFile"/>, or a <see cref="SkippedFile"/> and why.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Stamp">Its length and time when it was read.</param>
public abstract record LibraryEntry(string Path, FileStamp Stamp);

/// <summary>A file that holds a song. Small, and immutable by agreement: its format and tags are shared and never changed.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Stamp">Its length and time when it was hashed; only while they stay the same may it be served.</param>
/// <param name="PayloadOffset">First byte of the payload in the file.</param>
/// <param name="PayloadLength">Bytes of the payload.</param>
/// <param name="Hash">The song's content hash.</param>
/// <param name="Format">How it is encoded.</param>
/// <param name="Tags">What it is called; the title is never empty.</param>
public sealed record SongFile(
    string Path, FileStamp Stamp, long PayloadOffset, long PayloadLength, ContentHash Hash, AudioFormat Format, SongTags Tags)
    : LibraryEntry(Path, Stamp)
{
    /// <summary>Reads a file from front to back: finds, measures and hashes its payload and reads its tags.</summary>
    /// <returns>The song and the leaves of its hash, or why the file is skipped. No content and no state of the file throws.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static FileReading Read(string path, MediaLimits? limits = null, CancellationToken cancellation = default) =>
        SongFileReader.Read(path, limits ?? MediaLimits.Default, cancellation);
}

/// <summary>A file or folder that is left out of the library.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Stamp">Its length and time when it was looked at; empty where that was not possible.</param>
/// <param name="Reason">Why, for programs.</param>
/// <param name="Text">Why, for people: one line, without the path.</param>
public sealed record SkippedFile(string Path, FileStamp Stamp, SkipReason Reason, string Text) : LibraryEntry(Path, Stamp)
{
    /// <summary>True when the reason lies in the file's content: then it holds until the file changes.</summary>
    public bool IsLasting => Reason is SkipReason.Empty or SkipReason.NotMp3 or SkipReason.Truncated;
}

/// <summary>Why a file or folder is left out. The numbers stand in the index and are never used twice.</summary>
public enum SkipReason
{
    /// <summary>The file has no bytes.</summary>
    Empty = 1,

    /// <summary>It is not MPEG Layer III audio.</summary>
    NotMp3 = 2,

    /// <summary>It ends before its first complete frame of sound.</summary>
    Truncated = 3,

    /// <summary>It may not be read, or the disk does not give it.</summary>
    Unreadable = 4,

    /// <summary>It was gone when it was to be read.</summary>
    Vanished = 5,

    /// <summary>Somebody wrote to it while it was read.</summary>
    ChangedWhileRead = 6,

    /// <summary>A folder to share does not exist.</summary>
    FolderMissing = 7,

    /// <summary>A folder may not be listed.</summary>
    FolderUnreadable = 8,
}

/// <summary>The outcome of reading one file.</summary>
/// <param name="Entry">The song, or why there is none.</param>
/// <param name="Leaves">The leaves of the song's Merkle tree, 32 bytes a 16 KiB block; empty where there is no song.</param>
public sealed record FileReading(LibraryEntry Entry, ReadOnlyMemory<byte> Leaves);
