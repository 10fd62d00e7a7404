using System.Reflection;
using System.Runtime.InteropServices;

namespace TspActors.Playback.Mpg123;

/// <summary>Loads libmpg123 and libout123 by their names on this system, and reports whether they are installed.</summary>
internal static class NativeAudio
{
    internal const string Mpg123 = "mpg123";
    internal const string Out123 = "out123";

    static NativeAudio() => NativeLibrary.SetDllImportResolver(typeof(NativeAudio).Assembly, Resolve);

    /// <summary>Returns why the library cannot be used; null if it can be used.</summary>
    internal static string? FindProblem(string library)
    {
        if (OperatingSystem.IsWindows())
            return $"lib{library} is not used on Windows";
        return TryLoad(library, out _) ? null : $"lib{library} cannot be loaded (Debian package mpg123, Homebrew formula mpg123)";
    }

    // Runtime packages install only the versioned name. The unversioned one belongs to the development package.
    internal static bool TryLoad(string library, out nint handle)
    {
        string[] names = OperatingSystem.IsMacOS()
            ? [$"lib{library}.0.dylib", $"/opt/homebrew/lib/lib{library}.0.dylib", $"/usr/local/lib/lib{library}.0.dylib"]
            : [$"lib{library}.so.0"];
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, out handle))
                return true;
        }

        handle = 0;
        return false;
    }

    private static nint Resolve(string library, Assembly assembly, DllImportSearchPath? path) =>
        library is Mpg123 or Out123 && TryLoad(library, out var handle) ? handle : 0;
}
