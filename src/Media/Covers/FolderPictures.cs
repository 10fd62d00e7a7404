using TspActors.Media.Folders;

namespace TspActors.Media.Covers;

/// <summary>A cache of the pictures in folders, so that a scan lists each folder only once.</summary>
internal sealed class FolderPictures
{
    private readonly Dictionary<string, FolderPicture?> _found = new(StringComparer.Ordinal);

    /// <summary>Returns the best picture in a folder, among those that the folder's rules allow; null if there is none.</summary>
    public FolderPicture? Find(string folder, FolderRules rules)
    {
        if (!_found.TryGetValue(folder, out var picture))
            _found.Add(folder, picture = FolderPicture.Find(folder, rules));
        return picture;
    }
}
