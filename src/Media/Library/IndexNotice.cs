namespace TspActors.Media.Library;

/// <summary>Tells that the library index could not be used and a new one was begun; all files will be read again.</summary>
/// <param name="SetAsidePath">Where the old file is now.</param>
/// <param name="Defect">What was wrong with it: one line that goes on from "the library index was set aside: ".</param>
/// <param name="SavedSongIds">How many song ids were carried over.</param>
public sealed record IndexNotice(string SetAsidePath, string Defect, int SavedSongIds);

/// <summary>The library index cannot be used at all: another program holds it, the disk is full, or there is no permission.</summary>
public sealed class LibraryIndexException : Exception
{
    /// <summary>An error with no more to say.</summary>
    public LibraryIndexException()
    {
    }

    /// <param name="message">What happened to which file.</param>
    public LibraryIndexException(string message)
        : base(message)
    {
    }

    /// <param name="message">What happened to which file.</param>
    /// <param name="innerException">What the database or the disk said.</param>
    public LibraryIndexException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
