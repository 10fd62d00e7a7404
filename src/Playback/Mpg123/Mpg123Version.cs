using System.IO.Compression;
using System.Runtime.InteropServices;

namespace TspActors.Playback.Mpg123;

/// <summary>
/// Checks whether the installed libmpg123 can safely decode songs from strangers: version 1.32.8 fixed a buffer overflow (CVE-2024-10573),
/// and distributions have backported the fix to older versions.
/// </summary>
internal static class Mpg123Version
{
    private const string Cve = "CVE-2024-10573";

    // Debian and its derivatives list fixed vulnerabilities in the package's changelog.
    private static readonly string[] Changelogs =
        ["/usr/share/doc/libmpg123-0/changelog.Debian.gz", "/usr/share/doc/libmpg123-0t64/changelog.Debian.gz"];

    // Even a changelog that covers many years is smaller than this limit.
    private const int MaxChangelogBytes = 1024 * 1024;

    private static readonly Version Fixed = new(1, 32, 8);

    // const char* mpg123_distversion(unsigned int *major, unsigned int *minor, unsigned int *patch), since 1.32.
    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint DistVersion(out uint major, out uint minor, out uint patch);

    /// <summary>Returns the warning for the listener; null if the library is safe, or cannot be used on this system.</summary>
    internal static string? FindProblem() =>
        NativeAudio.FindProblem(NativeAudio.Mpg123) is null
            ? FindProblem(Installed(), Changelogs.Where(File.Exists).Select(path => (Func<Stream>)(() => File.OpenRead(path))))
            : null;

    /// <summary>Returns the warning for a version of the library; null if the version is safe.</summary>
    /// <param name="version">The version; null = older than 1.32.</param>
    /// <param name="changelogs">Functions that open the package's changelogs, which are compressed with gzip.</param>
    internal static string? FindProblem(Version? version, IEnumerable<Func<Stream>> changelogs) =>
        version >= Fixed || changelogs.Any(NamesTheFault)
            ? null
            : $"libmpg123 {version?.ToString() ?? "before 1.32"} may lack the fix for {Cve}, so a malicious song could take over this program: "
                + "update it to 1.32.8 or later, or use --audio mpg123-program, which decodes in a separate process";

    private static Version? Installed()
    {
        if (!NativeAudio.TryLoad(NativeAudio.Mpg123, out var library)
            || !NativeLibrary.TryGetExport(library, "mpg123_distversion", out var function))
        {
            return null;
        }

        _ = Marshal.GetDelegateForFunctionPointer<DistVersion>(function)(out var major, out var minor, out var patch);
        return new Version((int)major, (int)minor, (int)patch);
    }

    private static bool NamesTheFault(Func<Stream> open)
    {
        try
        {
            using var text = new GZipStream(open(), CompressionMode.Decompress);
            var bytes = new byte[MaxChangelogBytes];
            var length = text.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return System.Text.Encoding.ASCII.GetString(bytes, 0, length).Contains(Cve, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
