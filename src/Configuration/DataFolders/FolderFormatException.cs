namespace TspActors.Configuration.DataFolders;

/// <summary>Thrown when a data folder has a format that this program does not support. The message says what to do.</summary>
public sealed class FolderFormatException(string message) : IOException(message);
