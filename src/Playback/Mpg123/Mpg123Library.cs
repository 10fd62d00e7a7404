using System.Runtime.InteropServices;

namespace TspActors.Playback.Mpg123;

/// <summary>
/// The functions of libmpg123 (mpg123.h, API 47) that the decoder needs. C's long is nint here, because only LP64 systems use the library.
/// </summary>
internal static partial class Mpg123Library
{
    internal const int Ok = 0;
    internal const int NeedMore = -10;
    internal const int NewFormat = -11;
    internal const int Done = -12;
    internal const int EncodingSigned16 = 0xd0;
    internal const int ParamAddFlags = 2;
    internal const int ParamResyncLimit = 14;
    internal const int FlagQuiet = 0x20;

    // LibraryImport alone would look for libmpg123.so. The call to NativeAudio first installs a resolver that tries the library's
    // names on this system.
    static Mpg123Library() => Available = NativeAudio.FindProblem(NativeAudio.Mpg123) is null && Initialise() == Ok;

    internal static bool Available { get; }

    // Versions before 1.27 require this call. Later versions ignore it.
    [LibraryImport(NativeAudio.Mpg123, EntryPoint = "mpg123_init")]
    private static partial int Initialise();

    [LibraryImport(NativeAudio.Mpg123, EntryPoint = "mpg123_new", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial Handle New(string? decoder, out int error);

    [LibraryImport(NativeAudio.Mpg123, EntryPoint = "mpg123_delete")]
    private static partial void Delete(nint handle);

    [LibraryImport(NativeAudio.Mpg123, EntryPoint = "mpg123_param")]
    internal static partial int SetParameter(Handle handle, int parameter, nint value, double number);

    [LibraryImport(NativeAudio.Mpg123, EntryPoint = "mpg123_open_feed")]
    internal static partial int OpenFeed(Handle handle);

    [LibraryImport(NativeAudio.Mpg123, EntryPoint = "mpg123_feed")]
    internal static partial int Feed(Handle handle, ReadOnlySpan<byte> bytes, nuint size);

    [LibraryImport(NativeAudio.Mpg123, EntryPoint = "mpg123_read")]
    internal static partial int Read(Handle handle, Span<byte> pcm, nuint size, out nuint done);

    [LibraryImport(NativeAudio.Mpg123, EntryPoint = "mpg123_getformat")]
    internal static partial int GetFormat(Handle handle, out nint rate, out int channels, out int encoding);

    /// <summary>An mpg123_handle.</summary>
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
