using Google.Protobuf;
using TspActors.Peer.Hosting;
using TspActors.Peer.Library;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Hosting;

/// <summary>Checks which PLAY requests can be served.</summary>
public sealed class PlayRulesSpecs
{
    private static readonly TestSong Song = new(1000);

    private static readonly OwnSong Own = new(7, new Media.Library.SongFile("x.mp3", default, 0, 1000, Song.Hash, Song.Format, Song.Tags));

    [Fact]
    public void A_plain_request_is_served() => Assert.Null(PlayRules.FindFault(Own, 7, new PlayRequest()));

    [Fact]
    public void A_request_with_the_right_content_hash_is_served() =>
        Assert.Null(Fault(new PlayRequest { ContentHash = ByteString.CopyFrom(Song.Hash.ToArray()), Pace = Pace.Full }));

    [Fact]
    public void A_different_content_hash_is_refused_with_SONG_CHANGED() =>
        Assert.Equal(ErrorCode.SongChanged, Fault(new PlayRequest { ContentHash = ByteString.CopyFrom(new byte[32]) }));

    [Fact]
    public void An_unknown_id_is_refused_with_UNKNOWN_SONG() =>
        Assert.Equal(ErrorCode.UnknownSong, PlayRules.FindFault(null, 8, new PlayRequest())?.Code);

    [Theory]
    [InlineData(0ul, null)]
    [InlineData(1000ul, null)]
    [InlineData(1001ul, ErrorCode.BadRequest)]
    [InlineData(ulong.MaxValue, ErrorCode.BadRequest)]
    public void An_offset_may_equal_the_length_but_not_exceed_it(ulong offset, ErrorCode? fault) =>
        Assert.Equal(fault, Fault(new PlayRequest { Offset = offset }));

    [Fact]
    public void An_unknown_pace_is_refused_with_BAD_REQUEST() =>
        Assert.Equal(ErrorCode.BadRequest, Fault(new PlayRequest { Pace = (Pace)2 }));

    private static ErrorCode? Fault(PlayRequest request) => PlayRules.FindFault(Own, 7, request)?.Code;
}
