using System.Net;
using TspActors.Peer.Reaching;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Reaching;

/// <summary>Checks the limits on the connections that a host opens to answer calls.</summary>
public sealed class CallBackSessionsSpecs
{
    private readonly CallBackSessions<int> _sessions = new();
    private readonly PeerId _requester = PeerId.NewRandom();
    private readonly IPAddress _address = IPAddress.Parse("203.0.113.9");
    private int _last;

    [Fact]
    public void A_host_dials_8_requesters_at_once()
    {
        for (var i = 0; i < CallBackRules.MaxDials; i++)
            Dial();
        Assert.Equal((ErrorCode.Busy, 2_000u), Limit() is { } limit ? (limit.Code, limit.RetryAfterMs) : default);

        _sessions.SetConnected(_last);

        Assert.Null(Limit());
    }

    [Fact]
    public void A_requester_has_at_most_4_connections_without_a_stream()
    {
        for (var i = 0; i < CallBackRules.MaxWithoutStreamOfRequester; i++)
            _sessions.SetConnected(Dial(_requester));
        Assert.NotNull(_sessions.FindLimit(_requester, IPAddress.Parse("203.0.113.10")));
        Assert.Null(Limit());

        _sessions.SetStreaming(_last, true);
        Assert.Null(_sessions.FindLimit(_requester, null));
        _sessions.SetStreaming(_last, false);
        Assert.NotNull(_sessions.FindLimit(_requester, null));
        _sessions.Remove(_last);
        Assert.Null(_sessions.FindLimit(_requester, null));
    }

    [Fact]
    public void An_address_has_at_most_16_connections_without_a_stream()
    {
        for (var i = 0; i < CallBackRules.MaxWithoutStreamOfAddress; i++)
            _sessions.SetConnected(Dial(address: _address));

        Assert.NotNull(_sessions.FindLimit(PeerId.NewRandom(), _address));
        // A relay's address says nothing about the requester.
        Assert.Null(_sessions.FindLimit(PeerId.NewRandom(), null));
    }

    [Fact]
    public void At_64_connections_the_oldest_one_without_a_stream_gives_way()
    {
        for (var i = 0; i < CallBackRules.MaxOpen; i++)
            _sessions.SetConnected(Dial());
        _sessions.SetStreaming(1, true);

        Assert.Null(Limit());
        Assert.True(_sessions.TryMakeRoom(out var oldest));
        Assert.Equal(2, oldest);
        Assert.False(_sessions.TryMakeRoom(out _));
        Dial();
        Assert.True(_sessions.TryMakeRoom(out oldest));
        Assert.Equal(3, oldest);
    }

    [Fact]
    public void If_all_64_connections_have_a_stream_a_call_is_refused()
    {
        for (var i = 0; i < CallBackRules.MaxOpen; i++)
            _sessions.SetStreaming(Dial(), true);

        Assert.NotNull(Limit());
        Assert.False(_sessions.TryMakeRoom(out _));
    }

    private Call? Limit() => _sessions.FindLimit(PeerId.NewRandom(), null);

    private int Dial(PeerId? requester = null, IPAddress? address = null)
    {
        _sessions.Add(++_last, requester ?? PeerId.NewRandom(), address);
        return _last;
    }
}
