using System.Buffers.Binary;

namespace TspActors.Mpeg;

/// <summary>
/// The seek table of a song with a variable bitrate: it maps playing time to payload bytes. Encoders write it into the Xing or VBRI frame
/// at the start of the payload.
/// </summary>
public sealed class Mp3SeekTable
{
    /// <summary>
    /// How many of the payload's first bytes are needed to read the table. Only free-format frames are longer.
    /// </summary>
    public const int HeadBytes = Mp3FrameHeader.MaxStatedFrameBytes;

    // Offsets from the start of the VBRI marker.
    private const int VbriBytes = 10;
    private const int VbriTable = 18;
    private const int VbriEntries = 26;

    // The fraction of the payload, from 0 to 1, that is reached after each of several equal steps in playing time.
    private readonly double[] _fractions;

    private Mp3SeekTable(double[] fractions) => _fractions = fractions;

    /// <summary>Reads the table from the first bytes of a payload.</summary>
    /// <returns>
    /// The table; null if there is none or it is implausible. Also null for an Info frame, because the bitrate is then constant, and
    /// a simple proportion is more accurate than the table.
    /// </returns>
    public static Mp3SeekTable? Read(ReadOnlySpan<byte> head) => !Mp3InfoFrame.TryRead(head, out var info) ? null : info.Kind switch
    {
        Mp3InfoKind.Xing => ReadXing(head, info),
        Mp3InfoKind.Vbri => ReadVbri(head[info.MarkerOffset..]),
        _ => null,
    };

    /// <summary>Returns the payload offset of a point in playing time, interpolated between the entries of the table.</summary>
    /// <param name="timeFraction">The point as a fraction of the playing time, from 0 to 1.</param>
    /// <param name="payloadBytes">The length of the payload in bytes.</param>
    public long FindOffset(double timeFraction, long payloadBytes)
    {
        var at = Math.Clamp(timeFraction, 0, 1) * (_fractions.Length - 1);
        var entry = Math.Min((int)at, _fractions.Length - 2);
        var fraction = _fractions[entry] + (_fractions[entry + 1] - _fractions[entry]) * (at - entry);
        return Math.Min(payloadBytes, (long)(fraction * payloadBytes));
    }

    private static Mp3SeekTable? ReadXing(ReadOnlySpan<byte> head, Mp3InfoFrame info)
    {
        const int entries = Mp3InfoFrame.TableBytes;
        if (!Mp3InfoFrame.TryReadFlags(head, info, out var flags))
            return null;
        var at = Mp3InfoFrame.TableOffset(info, flags);
        if ((flags & Mp3InfoFrame.HasTable) == 0 || head.Length < at + entries)
            return null;
        var fractions = new double[entries + 1];
        for (var entry = 0; entry < entries; entry++)
        {
            fractions[entry] = head[at + entry] / 256.0;
            if (entry > 0 && fractions[entry] < fractions[entry - 1])
                return null;
        }

        fractions[entries] = 1;
        return fractions[entries - 1] == 0 ? null : new Mp3SeekTable(fractions);
    }

    // Fraunhofer's encoders store the length of each step in bytes, divided by a scale that the table states.
    private static Mp3SeekTable? ReadVbri(ReadOnlySpan<byte> vbri)
    {
        if (vbri.Length < VbriEntries)
            return null;
        var bytes = BinaryPrimitives.ReadUInt32BigEndian(vbri[VbriBytes..]);
        int count = BinaryPrimitives.ReadUInt16BigEndian(vbri[VbriTable..]);
        int scale = BinaryPrimitives.ReadUInt16BigEndian(vbri[(VbriTable + 2)..]);
        int size = BinaryPrimitives.ReadUInt16BigEndian(vbri[(VbriTable + 4)..]);
        if (count == 0 || scale == 0 || size is < 1 or > 4 || bytes == 0 || vbri.Length < VbriEntries + count * size)
            return null;
        var fractions = new double[count + 1];
        double total = 0;
        for (var entry = 0; entry < count; entry++)
        {
            long length = 0;
            foreach (var value in vbri.Slice(VbriEntries + entry * size, size))
                length = length << 8 | value;
            total += (double)length * scale;
            fractions[entry + 1] = total;
        }

        // Apart from rounding, the entries add up to the whole song. Otherwise the table belongs to a different song.
        if (total < bytes * 0.5 || total > bytes * 1.5)
            return null;
        for (var entry = 1; entry <= count; entry++)
            fractions[entry] /= total;
        return new Mp3SeekTable(fractions);
    }
}
