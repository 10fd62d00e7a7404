using System.Globalization;

namespace TspActors.Configuration.Hosting;

/// <summary>Checks and fills descriptors 0 to 2 of the process, on systems that expose them as files.</summary>
/// <remarks>
/// If a program starts with one of them closed, the .NET runtime reuses its number for the first thing that it opens: a library, or the
/// pipe through which it receives signals. A log line written to that number would be lost at best, and mistaken for a signal at worst.
/// </remarks>
internal static class StandardDescriptors
{
    private const string Folder = "/proc/self/fd";

    // On Windows, the path would refer to some folder on the current drive.
    private static readonly bool AreFiles = !OperatingSystem.IsWindows() && Directory.Exists(Folder);

    private static readonly string[] OfRuntime = ["/memfd:", "anon_inode:", "/dev/shm/"];

    /// <summary>Returns whether the program was started with this descriptor open for writing.</summary>
    public static bool IsOpenForWriting(int descriptor)
    {
        if (!AreFiles)
            return true;
        var target = Target(descriptor);
        return target is not null && CanWrite(descriptor) && !OfRuntime.Any(start => target.StartsWith(start, StringComparison.Ordinal))
            && !IsOwnPipe(target);
    }

    /// <summary>Opens the null device for each closed descriptor from 0 to 2, so that its number is not reused.</summary>
    public static IEnumerable<FileStream> FillGaps()
    {
        if (!AreFiles)
            yield break;
        for (var missing = Enumerable.Range(0, 3).Count(descriptor => Target(descriptor) is null); missing > 0; missing--)
            yield return new FileStream("/dev/null", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
    }

    private static string? Target(int descriptor) => new FileInfo($"{Folder}/{descriptor}").LinkTarget;

    // A pipe whose other end is in this process was created by the runtime.
    private static bool IsOwnPipe(string target) =>
        target.StartsWith("pipe:", StringComparison.Ordinal)
        && Directory.EnumerateFileSystemEntries(Folder)
            .Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture))
            .Any(descriptor => Target(descriptor) == target && !CanWrite(descriptor));

    // The flags of open(2) in octal. The last two bits are the access mode; 0 means read-only.
    private static bool CanWrite(int descriptor)
    {
        try
        {
            var flags = File.ReadLines($"/proc/self/fdinfo/{descriptor}").First(line => line.StartsWith("flags:", StringComparison.Ordinal));
            return (Convert.ToInt32(flags["flags:".Length..].Trim(), 8) & 3) != 0;
        }
        catch (IOException)
        {
            // The descriptor has been closed since it was listed.
            return false;
        }
    }
}
