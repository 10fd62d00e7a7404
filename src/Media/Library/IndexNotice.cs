namespace TspActors.Media.Library;

/// <summary>
/// A notice about a defect in the library index: the index could not be used and was replaced with a new one, or some of its rows were
/// dropped. The files of these rows will be read again.
/// </summary>
/// <param name="SetAsidePath">The new path of the old file; null if only rows were dropped.</param>
/// <param name="Defect">The defect, worded to follow "the library index was damaged: ".</param>
/// <param name="SavedSongIds">The number of song ids that were carried over.</param>
public sealed record IndexNotice(string? SetAsidePath, string Defect, int SavedSongIds)
{
    /// <summary>The notice as one human-readable line.</summary>
    public string Text => SetAsidePath is null
        ? $"the library index was damaged: {Defect}; affected files will be read again"
        : $"the library index was set aside as {SetAsidePath}: {Defect}; the music will be scanned again";

    internal static IndexNotice RowsDropped(int rows) =>
        new(null, rows == 1 ? "1 invalid row was dropped" : $"{rows} invalid rows were dropped", 0);
}

/// <summary>
/// Thrown when the library index cannot be used, for example because another program is using it, the disk is full, or access is
/// denied.
/// </summary>
public sealed class LibraryIndexException : Exception
{
    /// <summary>Creates an exception without details.</summary>
    public LibraryIndexException()
    {
    }

    /// <summary>Creates an exception with a message.</summary>
    /// <param name="message">What happened, and to which file.</param>
    public LibraryIndexException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception with a message and its cause.</summary>
    /// <param name="message">What happened, and to which file.</param>
    /// <param name="innerException">The error of the database or the disk.</param>
    public LibraryIndexException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
