using Google.Protobuf;
using TspActors.Peer.Hosting;
using TspActors.Peer.Library;
using TspActors.Peer.Reaching;
using TspActors.Protocol;
using TspActors.Transport.Tls;

namespace TspActors.Peer.Tests.Reaching;

/// <summary>Checks which calls through a relay a host answers.</summary>
public sealed class RelayedCallRulesSpecs : IDisposable
{
    private readonly TlsIdentity _identity = TlsIdentity.CreateNew();

    public void Dispose() => _identity.Dispose();

    [Fact]
    public void A_call_without_a_ticket_is_refused() =>
        Assert.Equal(ErrorCode.Forbidden, RefusalOf(call => call.RelayTicket = ByteString.Empty));

    [Fact]
    public void A_requester_that_does_not_speak_TLS_is_refused() =>
        Assert.Equal(ErrorCode.Forbidden, RefusalOf(call => call.Secure = false));

    [Fact]
    public void A_host_without_TLS_uses_no_relay() =>
        Assert.Equal(ErrorCode.Forbidden, RefusalOf(_ => { }, hasTls: false));

    [Fact]
    public void An_endpoint_that_the_tracker_must_not_name_is_not_dialled() =>
        Assert.Equal(ErrorCode.Forbidden, RefusalOf(_ => { }, isPermitted: false));

    // Nothing is wrong with the call itself, but this host has no songs.
    [Fact]
    public void A_valid_call_is_refused_only_because_the_song_is_unknown() => Assert.Equal(ErrorCode.UnknownSong, RefusalOf(_ => { }));

    private ErrorCode RefusalOf(Action<Call> change, bool hasTls = true, bool isPermitted = true)
    {
        var call = new Call
        {
            Token = ByteString.CopyFrom(CallToken.NewRandom().ToArray()),
            PeerId = ByteString.CopyFrom(PeerId.NewRandom().ToArray()),
            Way = CallWay.Relay,
            Endpoint = "203.0.113.9:7070",
            Secure = true,
            RelayTicket = ByteString.CopyFrom(RelayTicket.NewRandom().ToArray()),
        };
        change(call);
        var rules = new CallBackRules(new HostSecurity(null), new OwnSongsCell(), hasTls ? _identity : null);
        Assert.Null(rules.Accept(new CallReceived(call, 1, isPermitted), out var refusal));
        return refusal.Code;
    }
}
