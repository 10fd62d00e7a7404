using System.Buffers.Binary;

namespace TspActors.Media;

/// <summary>Where in a song of variable bitrate a time is found: the table of 100 places that encoders put into a Xing frame, the first of the payload.</summary>
public sealed class SeekTable
{
    /// <summary>How many bytes from the payload's start are enough to read it.</summary>
    public const int HeadBytes = 192;

    private const int Entries = 100;
    private const uint HasFrames = 1;
    private const uint HasBytes = 2;
    private const uint HasTable = 4;
    private const int CrcBytes = 2;

    private readonly byte[] _places;

    private SeekTable(byte[] places) => _places = places;

    /// <summary>Reads the table from the first bytes of a payload.</summary>
    /// <returns>Null where there is none, or none that makes sense; also for a constant bitrate, where it is less exact than a division.</returns>
    public static SeekTable? Read(ReadOnlySpan<byte> head)
    {
        if (!Mp3FrameHeader.TryParse(head, out var header))
            return null;
        var at = Mp3FrameHeader.Size + header.SideInfoBytes;
        // Encoders disagree whether the checksum moves the marker.
        if (header.HasCrc && !IsXing(head, at))
            at += CrcBytes;
        if (!IsXing(head, at))
            return null;
        var flags = BinaryPrimitives.ReadUInt32BigEndian(head[(at + 4)..]);
        at += 8 + ((flags & HasFrames) != 0 ? 4 : 0) + ((flags & HasBytes) != 0 ? 4 : 0);
        if ((flags & HasTable) == 0 || head.Length < at + Entries)
            return null;
        var places = head.Slice(at, Entries).ToArray();
        for (var entry = 1; entry < Entries; entry++)
        {
            if (places[entry] < places[entry - 1])
                return null;
        }

        return places[^1] == 0 ? null : new SeekTable(places);
    }

    /// <summary>The payload byte at which a part of the playing time is over: within a percent or so.</summary>
    /// <param name="share">0 to 1.</param>
    /// <param name="payloadBytes">Length of the payload.</param>
    public long OffsetOf(double share, long payloadBytes)
    {
        var percent = Math.Clamp(share, 0, 1) * Entries;
        var entry = Math.Min((int)percent, Entries - 1);
        var next = entry + 1 < Entries ? _places[entry + 1] : 256;
        var place = _places[entry] + (next - _places[entry]) * (percent - entry);
        return Math.Min(payloadBytes, (long)(place / 256 * payloadBytes));
    }

    private static bool IsXing(ReadOnlySpan<byte> head, int at) => head.Length >= at + 8 && head.Slice(at, 4).SequenceEqual("Xing"u8);
}
