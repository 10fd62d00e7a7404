using FsCheck.Xunit;
using static TspActors.Mpeg.Tests.Material.Mp3Frames;

namespace TspActors.Mpeg.Tests;

/// <summary>Checks how much padding the caller has to trim from the end of a song.</summary>
public sealed class Mp3EndPaddingSpecs
{
    private static readonly byte[] Head = [.. LameFrame("Info", 100, 576, 1729), .. Frames(3)];

    private readonly Mp3EndPadding _padding = new();

    [Fact]
    public void A_decoder_that_reads_the_song_from_the_start_trims_the_padding_itself()
    {
        _padding.Feed(Head);

        Assert.Equal(default, _padding.ToTrim);
    }

    [Fact]
    public void After_a_seek_the_caller_has_to_trim_the_padding()
    {
        FeedInPieces(Head);
        _padding.Seek(0);
        FeedInPieces(Frames(4));

        Assert.Equal(new Mp3Padding(1200, 44_100), _padding.ToTrim);
    }

    [Fact]
    public void After_a_seek_to_the_start_the_decoder_sees_the_info_frame_again()
    {
        _padding.Feed(Head);
        _padding.Seek(0);
        _padding.Feed(Head);

        Assert.Equal(default, _padding.ToTrim);
    }

    [Fact]
    public void At_the_start_of_the_next_song_there_is_no_padding_to_trim()
    {
        _padding.Feed(Head);
        _padding.Seek(0);
        _padding.BeginSong(1);
        Assert.Equal(default, _padding.ToTrim);
        _padding.Seek(1);

        Assert.Equal(default, _padding.ToTrim);
    }

    [Fact]
    public void The_padding_of_the_last_sixteen_songs_is_remembered()
    {
        _padding.Feed(Head);
        for (var song = 1; song < 16; song++)
            _padding.BeginSong(song);
        _padding.Seek(0);
        Assert.Equal(1200, _padding.ToTrim.Samples);
        _padding.BeginSong(16);
        _padding.Seek(0);

        Assert.Equal(default, _padding.ToTrim);
    }

    [Fact]
    public void Padding_is_converted_to_the_played_sample_rate()
    {
        Assert.Equal(1200, new Mp3Padding(1200, 44_100).SamplesAt(44_100));
        Assert.Equal(600, new Mp3Padding(1200, 44_100).SamplesAt(22_050));
        Assert.Equal(0, default(Mp3Padding).SamplesAt(44_100));
    }

    [Property]
    public bool Arbitrary_bytes_never_cause_an_exception(byte[][] pieces)
    {
        foreach (var piece in pieces)
            _padding.Feed(piece);
        _padding.Seek(0);
        return _padding.ToTrim.Samples >= 0;
    }

    private void FeedInPieces(byte[] bytes)
    {
        foreach (var piece in bytes.Chunk(50))
            _padding.Feed(piece);
    }
}
