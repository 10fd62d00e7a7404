using System.Buffers.Binary;

namespace TspActors.Media.Mp3;

/// <summary>Where in a song of variable bitrate a time is found: the table of places that encoders put into a Xing or VBRI frame, the first of the payload.</summary>
public sealed class SeekTable
{
    /// <summary>How many bytes from the payload's start are enough to read it: the longest frame.</summary>
    public const int HeadBytes = 1441;

    private const int XingEntries = 100;
    private const uint HasFrames = 1;
    private const uint HasBytes = 2;
    private const uint HasTable = 4;
    private const int CrcBytes = 2;

    // VBRI stands behind 4 bytes of header and the 32 bytes of the largest side information: the marker, version, delay, quality, then these.
    private const int VbriOffset = 36;
    private const int VbriBytes = VbriOffset + 10;
    private const int VbriTable = VbriOffset + 18;
    private const int VbriEntries = VbriOffset + 26;

    // Parts of the payload that are over when equal parts of the time are: from 0 to 1.
    private readonly double[] _places;

    private SeekTable(double[] places) => _places = places;

    /// <summary>Reads the table from the first bytes of a payload.</summary>
    /// <returns>Null where there is none, or none that makes sense; also for a constant bitrate, where it is less exact than a division.</returns>
    public static SeekTable? Read(ReadOnlySpan<byte> head) =>
        Mp3FrameHeader.TryParse(head, out var header) ? ReadXing(head, header) ?? ReadVbri(head) : null;

    /// <summary>The payload byte at which a part of the playing time is over: as near as the table is fine.</summary>
    /// <param name="share">0 to 1.</param>
    /// <param name="payloadBytes">Length of the payload.</param>
    public long OffsetOf(double share, long payloadBytes)
    {
        var at = Math.Clamp(share, 0, 1) * (_places.Length - 1);
        var entry = Math.Min((int)at, _places.Length - 2);
        var place = _places[entry] + (_places[entry + 1] - _places[entry]) * (at - entry);
        return Math.Min(payloadBytes, (long)(place * payloadBytes));
    }

    private static SeekTable? ReadXing(ReadOnlySpan<byte> head, Mp3FrameHeader header)
    {
        var at = Mp3FrameHeader.Size + header.SideInfoBytes;
        // Encoders disagree whether the checksum moves the marker.
        if (header.HasCrc && !IsXing(head, at))
            at += CrcBytes;
        if (!IsXing(head, at))
            return null;
        var flags = BinaryPrimitives.ReadUInt32BigEndian(head[(at + 4)..]);
        at += 8 + ((flags & HasFrames) != 0 ? 4 : 0) + ((flags & HasBytes) != 0 ? 4 : 0);
        if ((flags & HasTable) == 0 || head.Length < at + XingEntries)
            return null;
        var places = new double[XingEntries + 1];
        for (var entry = 0; entry < XingEntries; entry++)
        {
            places[entry] = head[at + entry] / 256.0;
            if (entry > 0 && places[entry] < places[entry - 1])
                return null;
        }

        places[XingEntries] = 1;
        return places[XingEntries - 1] == 0 ? null : new SeekTable(places);
    }

    // As Fraunhofer's encoders write it: the bytes of each part of the song, in units of a scale.
    private static SeekTable? ReadVbri(ReadOnlySpan<byte> head)
    {
        if (head.Length < VbriEntries || !head.Slice(VbriOffset, 4).SequenceEqual("VBRI"u8))
            return null;
        var bytes = BinaryPrimitives.ReadUInt32BigEndian(head[VbriBytes..]);
        int count = BinaryPrimitives.ReadUInt16BigEndian(head[VbriTable..]);
        int scale = BinaryPrimitives.ReadUInt16BigEndian(head[(VbriTable + 2)..]);
        int size = BinaryPrimitives.ReadUInt16BigEndian(head[(VbriTable + 4)..]);
        if (count == 0 || scale == 0 || size is < 1 or > 4 || bytes == 0 || head.Length < VbriEntries + count * size)
            return null;
        var places = new double[count + 1];
        double over = 0;
        for (var entry = 0; entry < count; entry++)
        {
            long part = 0;
            foreach (var value in head.Slice(VbriEntries + entry * size, size))
                part = part << 8 | value;
            over += (double)part * scale;
            places[entry + 1] = over;
        }

        // The sum is the whole song, but for what was rounded; a table of something else is of no use.
        if (over < bytes * 0.5 || over > bytes * 1.5)
            return null;
        for (var entry = 1; entry <= count; entry++)
            places[entry] /= over;
        return new SeekTable(places);
    }

    private static bool IsXing(ReadOnlySpan<byte> head, int at) => head.Length >= at + 8 && head.Slice(at, 4).SequenceEqual("Xing"u8);
}
