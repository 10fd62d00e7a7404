using System.Runtime.InteropServices;

namespace TspActors.Playback.Mpg123;

/// <summary>
/// The functions of libout123 (out123.h, API 4) that the output needs. C's long is nint here, because only LP64 systems use the library.
/// </summary>
internal static partial class Out123Library
{
    internal const int Ok = 0;
    internal const int EncodingSigned16 = 0xd0;
    internal const int ParamDeviceBuffer = 5;
    internal const int ParamName = 7;
    internal const int ParamAddFlags = 9;
    internal const int FlagQuiet = 0x08;

    // LibraryImport alone would look for libout123.so. The call to NativeAudio first installs a resolver that tries the library's
    // names on this system.
    static Out123Library() => Available = NativeAudio.FindProblem(NativeAudio.Out123) is null;

    internal static bool Available { get; }

    internal static string LastError(Handle handle) => Marshal.PtrToStringUTF8(ErrorText(handle)) ?? "unknown error";

    [LibraryImport(NativeAudio.Out123, EntryPoint = "out123_new")]
    internal static partial Handle New();

    [LibraryImport(NativeAudio.Out123, EntryPoint = "out123_del")]
    private static partial void Delete(nint handle);

    [LibraryImport(NativeAudio.Out123, EntryPoint = "out123_param", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SetParameter(Handle handle, int parameter, nint value, double number, string? text);

    [LibraryImport(NativeAudio.Out123, EntryPoint = "out123_open", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(Handle handle, string driver, string? device);

    [LibraryImport(NativeAudio.Out123, EntryPoint = "out123_start")]
    internal static partial int Start(Handle handle, nint rate, int channels, int encoding);

    [LibraryImport(NativeAudio.Out123, EntryPoint = "out123_stop")]
    internal static partial void Stop(Handle handle);

    [LibraryImport(NativeAudio.Out123, EntryPoint = "out123_play")]
    internal static partial nuint Play(Handle handle, ReadOnlySpan<byte> pcm, nuint size);

    [LibraryImport(NativeAudio.Out123, EntryPoint = "out123_pause")]
    internal static partial void Pause(Handle handle);

    [LibraryImport(NativeAudio.Out123, EntryPoint = "out123_continue")]
    internal static partial void Continue(Handle handle);

    [LibraryImport(NativeAudio.Out123, EntryPoint = "out123_drop")]
    internal static partial void Drop(Handle handle);

    [LibraryImport(NativeAudio.Out123, EntryPoint = "out123_drain")]
    internal static partial void Drain(Handle handle);

    [LibraryImport(NativeAudio.Out123, EntryPoint = "out123_strerror")]
    private static partial nint ErrorText(Handle handle);

    /// <summary>An out123_handle. Deleting it closes the device.</summary>
    internal sealed class Handle() : SafeHandle(0, ownsHandle: true)
    {
        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            Delete(handle);
            return true;
        }
    }
}
