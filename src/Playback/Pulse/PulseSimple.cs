using System.Runtime.InteropServices;

namespace TspActors.Playback.Pulse;

/// <summary>The functions of libpulse-simple (pulse/simple.h) that the output needs.</summary>
internal static partial class PulseSimple
{
    internal const string Library = "libpulse-simple.so.0";
    internal const uint ServersChoice = uint.MaxValue;

    private const string Errors = "libpulse.so.0";
    private const int Playback = 1;
    private const int Signed16LittleEndian = 3;
    private const int Signed16BigEndian = 4;

    /// <summary>Connects to the server and creates a stream.</summary>
    internal static Handle Open(string? device, PcmFormat format, uint bufferBytes, out int error)
    {
        var sample = new SampleSpec
        {
            Format = BitConverter.IsLittleEndian ? Signed16LittleEndian : Signed16BigEndian,
            Rate = (uint)format.Rate,
            Channels = (byte)format.Channels,
        };
        var buffer = new BufferAttributes
        {
            MaxLength = ServersChoice,
            TargetLength = bufferBytes,
            Prebuffer = ServersChoice,
            MinRequest = ServersChoice,
            FragmentSize = ServersChoice,
        };
        return New(null, "TspActors", Playback, device, "music", sample, 0, buffer, out error);
    }

    internal static string TextOf(int error) => Marshal.PtrToStringUTF8(ErrorText(error)) ?? $"error {error}";

    [LibraryImport(Library, EntryPoint = "pa_simple_new", StringMarshalling = StringMarshalling.Utf8)]
    private static partial Handle New(
        string? server, string name, int direction, string? device, string stream, in SampleSpec sample, nint channelMap,
        in BufferAttributes buffer, out int error);

    [LibraryImport(Library, EntryPoint = "pa_simple_write")]
    internal static partial int Write(Handle stream, ReadOnlySpan<byte> pcm, nuint size, out int error);

    [LibraryImport(Library, EntryPoint = "pa_simple_drain")]
    internal static partial int Drain(Handle stream, out int error);

    [LibraryImport(Library, EntryPoint = "pa_simple_flush")]
    internal static partial int Flush(Handle stream, out int error);

    [LibraryImport(Library, EntryPoint = "pa_simple_get_latency")]
    internal static partial ulong GetLatency(Handle stream, out int error);

    [LibraryImport(Library, EntryPoint = "pa_simple_free")]
    private static partial void Free(nint stream);

    [LibraryImport(Errors, EntryPoint = "pa_strerror")]
    private static partial nint ErrorText(int error);

    /// <summary>A pa_simple. Freeing it drops the audio that has not been played yet.</summary>
    internal sealed class Handle() : SafeHandle(0, ownsHandle: true)
    {
        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            Free(handle);
            return true;
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct SampleSpec
    {
        internal int Format;
        internal uint Rate;
        internal byte Channels;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct BufferAttributes
    {
        internal uint MaxLength;
        internal uint TargetLength;
        internal uint Prebuffer;
        internal uint MinRequest;
        internal uint FragmentSize;
    }
}
