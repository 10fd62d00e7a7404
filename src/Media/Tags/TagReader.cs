using Microsoft.Win32.SafeHandles;
using TspActors.Media.Library;
using TspActors.Media.Mp3;
using TspActors.Mpeg;
using TspActors.Protocol;

namespace TspActors.Media.Tags;

/// <summary>Merges all tags of a file. ID3v2 takes precedence over APE, and APE over ID3v1.</summary>
internal static class TagReader
{
    /// <summary>
    /// Returns the tags, and puts the ReplayGain into <paramref name="format"/>. Values that the tags lack are taken from the info frame at
    /// the start of the payload, if it has them.
    /// </summary>
    public static SongTags Read(
        SafeFileHandle file, TagRegions regions, long payloadOffset, AudioFormat format, string path, MediaLimits limits)
    {
        var draft = Merge(file, regions, limits, keepsCover: false);
        Span<byte> head = stackalloc byte[Mp3InfoFrame.HeadBytes];
        draft.Gain.Offer(Mp3InfoGain.Read(head[..FileBytes.ReadFully(file, head, payloadOffset)]));
        draft.Gain.WriteTo(format);
        return draft.Finish(Path.GetFileName(path));
    }

    /// <summary>Returns the bytes of the cover in the tags; null if there is none.</summary>
    public static byte[]? ReadCover(SafeFileHandle file, TagRegions regions, MediaLimits limits) =>
        Merge(file, regions, limits, keepsCover: true).Cover.Bytes;

    private static TagDraft Merge(SafeFileHandle file, TagRegions regions, MediaLimits limits, bool keepsCover)
    {
        var draft = new TagDraft(limits.TextBytes, keepsCover);
        var budget = new InflateBudget(limits.InflatedBytes);
        foreach (var region in regions.All.OrderBy(tag => tag.Kind))
        {
            switch (region.Kind)
            {
                case TagKind.Id3v2:
                    Id3v2Reader.Read(file, region, draft, limits, budget);
                    break;
                case TagKind.Ape:
                    ApeReader.Read(file, region, draft, limits);
                    break;
                case TagKind.Id3v1:
                    Id3v1Reader.Read(file, region, draft);
                    break;
            }

            draft.EndTag();
        }

        return draft;
    }
}
