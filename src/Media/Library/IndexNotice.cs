namespace TspActors.Media.Library;

/// <summary>The notice that the library index was unusable and was replaced by a new one, so that all files will be read again.</summary>
/// <param name="SetAsidePath">New path of the old file.</param>
/// <param name="Defect">What was wrong with it: one line that continues "the library index was set aside: ".</param>
/// <param name="SavedSongIds">Number of song ids that were copied to the new file.</param>
public sealed record IndexNotice(string SetAsidePath, string Defect, int SavedSongIds);

/// <summary>The library index cannot be used: another program has it open, the disk is full, or permission is missing.</summary>
public sealed class LibraryIndexException : Exception
{
    /// <summary>Creates an exception without details.</summary>
    public LibraryIndexException()
    {
    }

    /// <summary>Creates an exception with a message.</summary>
    /// <param name="message">What happened to which file.</param>
    public LibraryIndexException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception with a message and its cause.</summary>
    /// <param name="message">What happened to which file.</param>
    /// <param name="innerException">The error of the database or the disk.</param>
    public LibraryIndexException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
