using System.Runtime.InteropServices;

namespace TspActors.Playback.Player;

/// <summary>Scales samples by a volume in percent.</summary>
internal static class PcmVolume
{
    internal const int Full = 100;

    /// <summary>Writes the scaled samples of <paramref name="pcm"/> to the start of <paramref name="scaled"/>.</summary>
    internal static void Scale(ReadOnlySpan<byte> pcm, Span<byte> scaled, int volume)
    {
        var from = MemoryMarshal.Cast<byte, short>(pcm);
        var to = MemoryMarshal.Cast<byte, short>(scaled);
        for (var i = 0; i < from.Length; i++)
            to[i] = (short)(from[i] * volume / Full);
    }
}
