using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TspActors.Playback.Alsa;

/// <summary>
/// The functions of libasound (alsa/asoundlib.h) that the output needs. C's long is nint here, because only LP64 systems use the library.
/// </summary>
internal static unsafe partial class AlsaLibrary
{
    internal const string Library = "libasound.so.2";

    private const int Playback = 0;
    private const int Signed16LittleEndian = 2;
    private const int Signed16BigEndian = 3;
    private const int ReadWriteInterleaved = 3;
    private const int AllowResampling = 1;

    internal static bool Available { get; } = OperatingSystem.IsLinux() && NativeLibrary.TryLoad(Library, out _);

    /// <summary>
    /// Keeps libasound from reporting every failed attempt on stderr, which is the peer's console. Call it before each use of the library:
    /// libout123 sets its own error handler, and unloads the module that contains this handler when it closes a device.
    /// </summary>
    internal static void Silence() => _ = SetErrorHandler(&IgnoreError);

    /// <summary>Opens a PCM. Returns a negative error number on failure.</summary>
    internal static int Open(string name, out Handle pcm) => Open(out pcm, name, Playback, 0);

    /// <summary>Sets the format, and the maximum duration of the sound in the device's buffer.</summary>
    internal static int Set(Handle pcm, PcmFormat format, TimeSpan buffer) =>
        SetParameters(
            pcm, BitConverter.IsLittleEndian ? Signed16LittleEndian : Signed16BigEndian, ReadWriteInterleaved, (uint)format.Channels,
            (uint)format.Rate, AllowResampling, (uint)Math.Clamp(buffer.TotalMicroseconds, 1000, 10_000_000));

    internal static string TextOf(int error) => Marshal.PtrToStringUTF8(ErrorText(error)) ?? $"error {error}";

    [LibraryImport(Library, EntryPoint = "snd_pcm_open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(out Handle pcm, string name, int direction, int mode);

    [LibraryImport(Library, EntryPoint = "snd_pcm_set_params")]
    private static partial int SetParameters(
        Handle pcm, int format, int access, uint channels, uint rate, int softResample, uint latencyMicroseconds);

    [LibraryImport(Library, EntryPoint = "snd_pcm_writei")]
    internal static partial nint Write(Handle pcm, ReadOnlySpan<byte> samples, nuint frames);

    [LibraryImport(Library, EntryPoint = "snd_pcm_recover")]
    internal static partial int Recover(Handle pcm, int error, int silent);

    [LibraryImport(Library, EntryPoint = "snd_pcm_delay")]
    internal static partial int GetDelay(Handle pcm, out nint frames);

    [LibraryImport(Library, EntryPoint = "snd_pcm_drain")]
    internal static partial int Drain(Handle pcm);

    [LibraryImport(Library, EntryPoint = "snd_pcm_drop")]
    internal static partial int Drop(Handle pcm);

    [LibraryImport(Library, EntryPoint = "snd_pcm_prepare")]
    internal static partial int Prepare(Handle pcm);

    [LibraryImport(Library, EntryPoint = "snd_pcm_close")]
    private static partial int ClosePcm(nint pcm);

    [LibraryImport(Library, EntryPoint = "snd_strerror")]
    private static partial nint ErrorText(int error);

    [LibraryImport(Library, EntryPoint = "snd_device_name_hint", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int GetHints(int card, string kind, out nint* hints);

    [LibraryImport(Library, EntryPoint = "snd_device_name_free_hint")]
    internal static partial int FreeHints(nint* hints);

    [LibraryImport(Library, EntryPoint = "snd_device_name_get_hint", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetHintText(nint hint, string id);

    [LibraryImport("libc", EntryPoint = "free")]
    private static partial void Free(nint memory);

    [LibraryImport(Library, EntryPoint = "snd_lib_error_set_handler")]
    private static partial int SetErrorHandler(delegate* unmanaged[Cdecl]<void> handler);

    /// <summary>Returns one of the strings that describe a device: NAME, DESC or IOID.</summary>
    internal static string? GetHint(nint hint, string id)
    {
        var text = GetHintText(hint, id);
        try
        {
            return Marshal.PtrToStringUTF8(text);
        }
        finally
        {
            Free(text);
        }
    }

    // The handler's arguments are those of printf. A function without parameters can ignore them, because the caller removes them.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void IgnoreError()
    {
    }

    /// <summary>A snd_pcm_t. Closing it drops the sound that has not been played yet.</summary>
    internal sealed class Handle() : SafeHandle(0, ownsHandle: true)
    {
        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle() => ClosePcm(handle) >= 0;
    }
}
