using System.Collections.Immutable;
using Google.Protobuf;
using TspActors.Media.Library;
using TspActors.Peer.Hosting;
using TspActors.Peer.Library;
using TspActors.Peer.Reaching;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol;
using TspActors.Transport.Tls;

namespace TspActors.Peer.Tests.Reaching;

/// <summary>Checks which calls a host answers.</summary>
public sealed class CallBackRulesSpecs : IDisposable
{
    private static readonly HostSecurity Open = new(null);

    private readonly TlsIdentity _identity = TlsIdentity.CreateNew();
    private readonly PeerId _requester = PeerId.NewRandom();
    private readonly OwnSongsCell _songs = new();

    public CallBackRulesSpecs()
    {
        var song = new OwnSong(1, new SongFile(
            "1.mp3", default, 0, 100, new TestHash(1).Value, new AudioFormat { PayloadBytes = 100 }, new SongTags { Title = "song" }));
        _songs.Current = new OwnSongs(
            ImmutableDictionary<ContentHash, OwnSong>.Empty.Add(song.File.Hash, song),
            ImmutableDictionary<int, ContentHash>.Empty.Add(1, song.File.Hash));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_host_connects_to_the_endpoint_in_the_call_with_the_requesters_key_if_it_has_one(bool isSecure)
    {
        var call = CallOf();
        call.Secure = isSecure;

        var answered = new CallBackRules(Open, _songs, _identity).Accept(new CallReceived(call, 1, true), out _);

        Assert.NotNull(answered);
        Assert.Equal(("203.0.113.9:7072", _requester, 1), ($"{answered.EndPoint}", answered.Requester, answered.Song.Id));
        Assert.Equal(isSecure, answered.Tls is not null);
    }

    [Fact]
    public void A_host_without_TLS_connects_in_plain()
    {
        var call = CallOf();
        call.Secure = true;

        Assert.Null(new CallBackRules(Open, _songs, null).Accept(new CallReceived(call, 1, true), out _)!.Tls);
    }

    [Theory]
    [InlineData("203.0.113.9:7072", false)]
    [InlineData("203.0.113.9", true)]
    [InlineData("203.0.113.9:0", true)]
    [InlineData("attic.example:7072", true)]
    public void A_host_connects_only_to_an_address_and_port_that_its_tracker_may_name(string endpoint, bool isPermitted)
    {
        var call = CallOf();
        call.Endpoint = endpoint;
        Assert.Equal(ErrorCode.Forbidden, Refusal(Open, call, isPermitted: isPermitted));
    }

    [Fact]
    public void Other_ways_and_unknown_songs_are_refused()
    {
        var call = CallOf();
        Assert.Equal(ErrorCode.UnknownSong, Refusal(Open, call, song: 2));
        call.Way = CallWay.Punch;
        Assert.Equal(ErrorCode.Unsupported, Refusal(Open, call));
    }

    [Fact]
    public void A_host_that_requires_TLS_does_not_connect_to_a_requester_without_it() =>
        Assert.Equal(ErrorCode.Unauthenticated, Refusal(Open with { RequiresTls = true }, CallOf()));

    [Fact]
    public void A_requester_whose_key_is_not_allowed_any_streams_is_not_called_back()
    {
        var call = CallOf();
        call.Secure = true;
        var denied = new NamedKey(new KeyId(call.PeerId.Span), "mallory");
        Assert.Equal(ErrorCode.Forbidden, Refusal(Open with { Listeners = new HostingAccessCell(new HostingAccess([], [denied])) }, call));
    }

    public void Dispose() => _identity.Dispose();

    private ErrorCode Refusal(HostSecurity security, Call call, int song = 1, bool isPermitted = true)
    {
        var rules = new CallBackRules(security, _songs, _identity);
        Assert.Null(rules.Accept(new CallReceived(call, song, isPermitted), out var refusal));
        return refusal.Code;
    }

    private Call CallOf() => new()
    {
        Token = ByteString.CopyFrom(CallToken.NewRandom().ToArray()),
        PeerId = ByteString.CopyFrom(_requester.ToArray()),
        Endpoint = "203.0.113.9:7072",
    };
}
