using TspActors.Media.Folders;

namespace TspActors.Media.Library;

/// <summary>
/// The folders that are on a different device from their root, such as those on a disk that is mounted below it. When the disk is
/// unmounted, they disappear, but their songs may come back.
/// </summary>
/// <remarks>This works only on Linux, and only for folders that were scanned since the program started.</remarks>
internal sealed class MountedFolders(IReadOnlyList<MusicRoot> roots)
{
    private readonly Dictionary<string, ulong> _devices = new(StringComparer.Ordinal);
    private string _last = "";

    /// <summary>Must be called before a scan adds its folders, because a disk may have been mounted since the previous scan.</summary>
    public void BeginScan() => _last = "";

    /// <summary>Remembers the device of a file's folder.</summary>
    public void AddFolderOf(string path)
    {
        // A scan finds the files of a folder in succession, so it is enough to compare the folder with the last one.
        if (!FileStatus.IsKnown || Path.GetDirectoryName(path) is not { } folder || folder == _last)
            return;
        _last = folder;
        if (DeviceOf(folder) is not { } device || roots.FirstOrDefault(root => root.Holds(path)) is not { } root)
            return;
        if (device == DeviceOf(root.Path))
            _devices.Remove(folder);
        else
            _devices[folder] = device;
    }

    /// <summary>Returns true if the file was on a different device that is no longer mounted.</summary>
    public bool IsUnmounted(string path)
    {
        if (Path.GetDirectoryName(path) is not { } folder || !_devices.TryGetValue(folder, out var device))
            return false;
        var existing = folder;
        while (existing is not null && !Directory.Exists(existing))
            existing = Path.GetDirectoryName(existing);
        return existing is not null && DeviceOf(existing) != device;
    }

    private static ulong? DeviceOf(string folder)
    {
        try
        {
            return FileStatus.Read(folder, followsLinks: true)?.Device;
        }
        catch (IOException)
        {
            // Links that form a cycle lead nowhere.
            return null;
        }
    }
}
