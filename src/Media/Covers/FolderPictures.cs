namespace TspActors.Media.Covers;

/// <summary>The pictures of folders, each listed once. It lives as long as one scan.</summary>
internal sealed class FolderPictures
{
    private readonly Dictionary<string, FolderPicture?> _found = new(StringComparer.Ordinal);

    /// <summary>Returns the picture of a folder; null if there is none.</summary>
    public FolderPicture? Find(string folder)
    {
        if (!_found.TryGetValue(folder, out var picture))
            _found.Add(folder, picture = FolderPicture.Find(folder));
        return picture;
    }
}
