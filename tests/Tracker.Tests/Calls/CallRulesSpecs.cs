using System.Net;
using Akka.Actor;
using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Tracker.Calls;
using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Tests.Calls;

/// <summary>Checks which calls a tracker passes on, and how it refuses the others.</summary>
public sealed class CallRulesSpecs
{
    private readonly SongRegistry _registry = Samples.Registry(int.MaxValue);
    private readonly CatalogSnapshot _catalog;

    public CallRulesSpecs()
    {
        Host(1, PeerFeatures.Call);
        Host(2, PeerFeatures.None);
        Host(3, PeerFeatures.Call, song: 2);
        _catalog = _registry.Publish();
    }

    [Fact]
    public void A_call_to_a_callable_host_of_the_song_has_no_fault() => Assert.Null(Fault(host: 1));

    [Theory]
    [InlineData(1, 9, ErrorCode.UnknownSong)]
    [InlineData(2, 1, ErrorCode.Forbidden)]
    [InlineData(3, 1, ErrorCode.NoHost)]
    [InlineData(4, 1, ErrorCode.NoHost)]
    [InlineData(9, 1, ErrorCode.BadRequest)]
    public void A_call_for_an_unknown_song_to_an_unsuitable_host_or_to_the_peer_itself_is_refused(
        int host, int song, ErrorCode code) => Assert.Equal(code, Fault(host, song)?.Code);

    [Theory]
    [InlineData(PeerFeatures.Call, 7071)]
    [InlineData(PeerFeatures.Callable, 0)]
    public void A_requester_that_cannot_be_called_back_is_refused(PeerFeatures features, int port) =>
        Assert.Equal(ErrorCode.Forbidden, Fault(host: 1, features: features, port: port)?.Code);

    [Theory]
    [InlineData(CallWay.Punch)]
    [InlineData(CallWay.Relay)]
    [InlineData((CallWay)7)]
    public void Any_way_but_BACK_is_unsupported(CallWay way) => Assert.Equal(ErrorCode.Unsupported, Fault(host: 1, way: way)?.Code);

    [Fact]
    public void A_refusal_repeats_only_the_token_the_host_and_the_way_of_the_call()
    {
        var call = CallOf(1);
        (call.Endpoint, call.Secure, call.RelayTicket) = ("198.51.100.9:22", true, ByteString.CopyFrom(new byte[32]));

        var refusal = CallRefusal.For(call, CallRefusal.TooMany("too many", TimeSpan.FromMilliseconds(1.2)));

        Assert.Equal(
            new Call { Token = call.Token, PeerId = call.PeerId, Code = ErrorCode.RateLimited, Refusal = "too many", RetryAfterMs = 2 },
            refusal);
    }

    [Fact]
    public void A_hosts_reason_is_cut_and_cleaned_and_a_refusal_always_has_a_code()
    {
        var refusal = CallRefusal.For(CallOf(1), new Call { Refusal = "\u001b[31m" + new string('x', 1_000) });

        Assert.Equal(ErrorCode.Forbidden, refusal.Code);
        Assert.StartsWith("[31mxxx", refusal.Refusal, StringComparison.Ordinal);
        Assert.InRange(refusal.Refusal.Length, 100, 200);
    }

    private static Call CallOf(int host) => new()
    {
        Token = ByteString.CopyFrom(CallToken.NewRandom().ToArray()),
        PeerId = ByteString.CopyFrom(Samples.Peer(host).ToArray()),
    };

    private void Host(int peer, PeerFeatures features, int song = 1)
    {
        _registry.Join(new CatalogHost(Samples.Peer(peer), $"peer {peer}", $"10.0.0.{peer}", 7071, features: features));
        _registry.Apply(Samples.Peer(peer), Samples.Complete(Samples.Song(song)));
    }

    private Call? Fault(
        int host, int song = 1, PeerFeatures features = PeerFeatures.Callable, int port = 7072, CallWay way = CallWay.Back)
    {
        var call = CallOf(host);
        call.Way = way;
        var requester = new CatalogHost(Samples.Peer(9), "peer 9", "10.0.0.9", port, features: features);
        return CallRules.FindFault(
            new PlaceCall(call, song, requester, IPAddress.Loopback, ActorRefs.Nobody, ActorRefs.Nobody), _catalog);
    }
}
