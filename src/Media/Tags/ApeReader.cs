using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;
using TspActors.Media.Library;
using TspActors.Media.Mp3;

namespace TspActors.Media.Tags;

/// <summary>Reads the text items of an APEv1 or APEv2 tag and skips binary items.</summary>
internal static class ApeReader
{
    private const int ItemHeaderBytes = 8;
    private const int MaxKeyBytes = 255;

    public static void Read(SafeFileHandle file, TagRegion region, TagDraft draft, MediaLimits limits)
    {
        Span<byte> header = stackalloc byte[ItemHeaderBytes + MaxKeyBytes + 1];
        var start = FileBytes.Matches(file, region.Offset, ApeFooter.Preamble) ? region.Offset + ApeFooter.Size : region.Offset;
        var end = region.End - ApeFooter.Size;
        for (var item = 0; item < limits.TagFrames && start + ItemHeaderBytes < end; item++)
        {
            var read = header[..FileBytes.ReadFully(file, header[..(int)Math.Min(header.Length, end - start)], start)];
            if (read.Length <= ItemHeaderBytes)
                return;
            var size = BinaryPrimitives.ReadUInt32LittleEndian(read);
            var isText = (read[4] & 0x06) == 0;
            var key = read[ItemHeaderBytes..];
            var keyEnd = key.IndexOf((byte)0);
            var value = start + ItemHeaderBytes + keyEnd + 1;
            if (keyEnd <= 0 || value + size > end)
                return;
            var field = isText && size <= limits.TextFrameBytes ? FieldOf(key[..keyEnd]) : TagField.None;
            if (field != TagField.None && !draft.Has(field))
            {
                var text = new byte[size];
                if (FileBytes.ReadFully(file, text, value) < text.Length)
                    return;
                draft.Offer(field, Encoding.UTF8.GetString(text));
            }

            start = value + size;
        }
    }

    private static TagField FieldOf(ReadOnlySpan<byte> key) => Encoding.ASCII.GetString(key).ToUpperInvariant() switch
    {
        "TITLE" => TagField.Title,
        "ARTIST" => TagField.Artist,
        "ALBUM" => TagField.Album,
        "ALBUM ARTIST" or "ALBUMARTIST" => TagField.AlbumArtist,
        "TRACK" or "TRACKNUMBER" => TagField.Track,
        "DISC" or "DISCNUMBER" => TagField.Disc,
        "YEAR" or "DATE" => TagField.Year,
        "GENRE" => TagField.Genre,
        var name => GainDraft.FieldOf(name),
    };
}
