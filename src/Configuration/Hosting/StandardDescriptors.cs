namespace TspActors.Configuration.Hosting;

/// <summary>The descriptors 0 to 2 of the process, where the system shows them as files.</summary>
internal static class StandardDescriptors
{
    private const string Folder = "/proc/self/fd";

    // A program that starts without descriptor 1 or 2 gives the number to the first thing that the .NET runtime opens.
    private static readonly string[] OfRuntime = ["/memfd:", "anon_inode:", "/dev/shm/"];

    /// <summary>Returns whether the program was started with this descriptor open.</summary>
    public static bool IsOpen(int descriptor)
    {
        if (!Directory.Exists(Folder))
            return true;
        var target = new FileInfo($"{Folder}/{descriptor}").LinkTarget;
        return target is not null && !OfRuntime.Any(start => target.StartsWith(start, StringComparison.Ordinal))
            && !target.EndsWith(".dll", StringComparison.Ordinal) && !target.EndsWith(".so", StringComparison.Ordinal);
    }

    /// <summary>Opens the null device for each of the numbers 0 to 2 that is closed, so that nothing else gets the number.</summary>
    public static IEnumerable<FileStream> FillGaps()
    {
        if (!Directory.Exists(Folder))
            yield break;
        for (var missing = Enumerable.Range(0, 3).Count(descriptor => !File.Exists($"{Folder}/{descriptor}")); missing > 0; missing--)
            yield return new FileStream("/dev/null", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
    }
}
