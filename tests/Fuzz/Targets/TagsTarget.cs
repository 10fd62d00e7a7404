using System.IO.Compression;
using TspActors.Fuzz.Oracles;
using TspActors.Media.Library;
using TspActors.Media.Mp3;
using TspActors.Media.Tags;
using TspActors.Protocol;
using static TspActors.Media.Tests.Material.TagBytes;
using static TspActors.Mpeg.Tests.Material.Mp3Frames;

namespace TspActors.Fuzz.Targets;

/// <summary>
/// The readers of tags: every tag lies within the file, every text is bounded and visible, and the tag that a save writes is read back
/// unchanged.
/// </summary>
internal sealed class TagsTarget : FuzzTarget
{
    private const int MostTags = 48;

    private static readonly byte[] Audio = Frames(4, Header24k);

    private readonly InputFile _file = new("song.mp3");
    private readonly InputFile _saved = new("song.mp3");

    public override string Name => "tags";

    public override IEnumerable<byte[]> Seeds()
    {
        var text = Join(
            TagFrame(4, "TIT2", Utf8("Ünïcödé")), TagFrame(4, "TPE1", Utf16("A\0Other")), TagFrame(4, "TALB", Utf16BigEndian("Album")),
            TagFrame(4, "TPE2", Latin1("Various")), TagFrame(4, "TRCK", Latin1("3/12")), TagFrame(4, "TPOS", Latin1("1")),
            TagFrame(4, "TDRC", Latin1("2001-05-17")), TagFrame(4, "TCON", Latin1("(17)(4)Eurodisco")));
        yield return Join(Id3v2(4, 0, text), Frame());
        yield return Join(Id3v2(4, 0x40, Join([0, 0, 0, 6, 1, 0], text)), Frame(), Id3v2(4, 0, text, withFooter: true));
        yield return Join(Id3v2(3, 0, Join(TagFrame(3, "APIC", Junk(300)), TagFrame(3, "TIT2", Latin1("Song")))), Frame());
        yield return Join(Id3v2(3, 0x80, TagFrame(3, "TIT2", [1, 0xFF, 0, 0xFE, (byte)'x', 0])), Frame());
        yield return Join(Id3v2(2, 0, Join(TagFrame(2, "TT2", Latin1("Song")), TagFrame(2, "TCO", Latin1("RX")))), Frame());
        yield return Join(Id3v2(4, 0, TagFrame(4, "TXXX", Utf8("ALBUM ARTIST\0Various"))), Frame());
        yield return Join(
            Id3v2(4, 0, Join(
                TagFrame(4, "TXXX", Utf8("REPLAYGAIN_TRACK_GAIN\0-6.54 dB")), TagFrame(4, "TXXX", Utf8("replaygain_album_peak\01,02")),
                TagFrame(4, "RVA2", [.. "track"u8, 0, 1, 0xF2, 0xEB, 16, 0x7E, 0x89]))),
            Frame(), Ape(true, ("REPLAYGAIN_ALBUM_GAIN", "+1 dB")));
        yield return Join(Id3v2(4, 0, Packed("TALB", Latin1(new string('a', 500)))), Frame());
        yield return Join(Frame(), Ape(true, ("Title", "x"), ("Year", "1999"), ("Genre", "Rock\0Pop")), Lyrics3v2("la"), Id3v1("x"));
        yield return Join(Ape(true, ("Artist", "x")), Frame(), Enhanced("Title"), Id3v1(new string('t', 30), genre: 17));
        yield return Join(Frame(), [.. "LYRICSBEGIN"u8, .. "la la"u8, .. "LYRICSEND"u8], Id3v1("x", year: "1999"));
    }

    // Most of this memory is for unpacked texts (MediaLimits.InflatedBytes).
    public override long MaxAllocated(int inputLength) => (64 << 20) + 64L * inputLength;

    public override void Run(byte[] input)
    {
        var (tags, format) = Read(_file, input);
        TagRules.Check(tags);
        var clean = format.Clone();
        ReplayGainBounds.Clean(clean);
        Rule.Holds(clean.Equals(format), "a gain or a peak is impossible");
        var again = Read(_saved, [.. Id3v2Writer.Write(tags, format: format), .. Audio]);
        Rule.Holds(again.Equals((tags, format)), "the tag that a save writes is not read back unchanged");
    }

    private static (SongTags Tags, AudioFormat Format) Read(InputFile target, byte[] content)
    {
        var path = target.Write(content);
        using var file = File.OpenHandle(path);
        var regions = TagRegions.Find(file, content.Length, MediaLimits.Default);
        Rule.Holds(
            regions.AudioStart >= 0 && regions.AudioStart <= regions.AudioEnd && regions.AudioEnd <= content.Length,
            "the audio is not within the file");
        Rule.Holds(regions.All.Count <= MostTags, "a file has too many tags");
        foreach (var region in regions.All)
            Rule.Holds(region is { Offset: >= 0, Length: > 0 } && region.End <= content.Length, "a tag is not within the file");
        var format = new AudioFormat();
        return (TagReader.Read(file, regions, regions.AudioStart, format, path, MediaLimits.Default), format);
    }

    // A compressed frame of version 2.4 states its unpacked length.
    private static byte[] Packed(string id, byte[] body)
    {
        var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            zlib.Write(body);
        return TagFrame(4, id, [.. Synchsafe(body.Length), .. packed.ToArray()], 0x0009);
    }

    // The TAG+ extension of ID3v1, which continues a title of more than 30 characters.
    private static byte[] Enhanced(string title)
    {
        var tag = new byte[227];
        "TAG+"u8.CopyTo(tag);
        System.Text.Encoding.Latin1.GetBytes(title).CopyTo(tag, 4);
        "Shoegaze"u8.CopyTo(tag.AsSpan(185));
        return tag;
    }
}
