using System.Text;
using Microsoft.Win32.SafeHandles;
using TspActors.Media.Mp3;

namespace TspActors.Media.Tags;

/// <summary>Reads an ID3v1 or ID3v1.1 tag and the TAG+ extension that may precede it.</summary>
internal static class Id3v1Reader
{
    private const int TagBytes = 128;
    private const int ShortText = 30;
    private const int LongText = 60;
    private const int ExtensionBytes = 227;

    public static void Read(SafeFileHandle file, TagRegion region, TagDraft draft)
    {
        Span<byte> bytes = stackalloc byte[TagBytes + ExtensionBytes];
        bytes = bytes[(bytes.Length - (int)region.Length)..];
        if (FileBytes.ReadFully(file, bytes, region.Offset) < bytes.Length)
            return;
        var tag = bytes[^TagBytes..];
        // The extension continues the title, artist and album beyond 30 characters, and contains the genre as text.
        var extension = bytes[..^TagBytes];
        OfferText(draft, TagField.Title, tag[3..], extension, 4);
        OfferText(draft, TagField.Artist, tag[33..], extension, 64);
        OfferText(draft, TagField.Album, tag[63..], extension, 124);
        draft.Offer(TagField.Year, Decode(tag.Slice(93, 4)));
        // In version 1.1, the last two bytes of the comment are a zero and the track number.
        if (tag[125] == 0)
            draft.OfferNumber(TagField.Track, tag[126]);
        var genre = extension.IsEmpty ? "" : Decode(extension.Slice(185, ShortText));
        draft.Offer(TagField.Genre, string.IsNullOrWhiteSpace(genre) ? Genres.Name(tag[127]) : genre);
    }

    private static void OfferText(TagDraft draft, TagField field, ReadOnlySpan<byte> tag, ReadOnlySpan<byte> extension, int offset)
    {
        Span<byte> text = stackalloc byte[ShortText + LongText];
        tag[..ShortText].CopyTo(text);
        if (extension.IsEmpty || tag[..ShortText].Contains((byte)0))
            text = text[..ShortText];
        else
            extension.Slice(offset, LongText).CopyTo(text[ShortText..]);
        draft.Offer(field, Decode(text));
    }

    /// <summary>Decodes the text up to the first NUL, because some writers leave garbage after it.</summary>
    private static string Decode(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)0);
        return TagText.DecodeUnlabelled(end < 0 ? bytes : bytes[..end], isCut: end < 0);
    }
}
