namespace TspActors.Media.Library;

/// <summary>Thrown when a newer version of this program wrote the library index.</summary>
internal sealed class NewerIndexException(string message) : IOException(message);
