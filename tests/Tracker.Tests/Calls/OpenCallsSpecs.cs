using TspActors.Protocol;
using TspActors.Tracker.Calls;

namespace TspActors.Tracker.Tests.Calls;

/// <summary>Checks the calls that can still be refused.</summary>
public sealed class OpenCallsSpecs
{
    private readonly OpenCalls _calls = new();
    private readonly CallToken _token = CallToken.NewRandom();

    [Fact]
    public void A_token_can_be_used_for_one_open_call_only()
    {
        Assert.True(_calls.TryAdd(_token, Call(1, 2), TimeSpan.Zero));
        Assert.False(_calls.TryAdd(_token, Call(3, 4), TimeSpan.Zero));

        Assert.Equal(Samples.Peer(1), _calls.Find(_token)?.Requester);
        Assert.Equal((1, 1, 0, 0), (Of(1), To(2), Of(3), To(4)));
    }

    [Fact]
    public void Only_the_host_of_a_call_can_end_it_and_only_once()
    {
        _calls.TryAdd(_token, Call(1, 2), TimeSpan.Zero);

        Assert.Null(_calls.Remove(_token, Samples.Peer(3)));
        Assert.Null(_calls.Remove(CallToken.NewRandom(), Samples.Peer(2)));
        Assert.NotNull(_calls.Remove(_token, Samples.Peer(2)));
        Assert.Null(_calls.Remove(_token, Samples.Peer(2)));
        Assert.Equal((0, 0, 0), (_calls.Count, Of(1), To(2)));
    }

    [Fact]
    public void A_call_ends_after_8_seconds()
    {
        _calls.TryAdd(_token, Call(1, 2), TimeSpan.Zero);
        _calls.TryAdd(CallToken.NewRandom(), Call(1, 3), TimeSpan.FromSeconds(5));

        _calls.Purge(TimeSpan.FromSeconds(7.9));
        Assert.Equal(2, Of(1));
        _calls.Purge(TimeSpan.FromSeconds(8));
        Assert.Null(_calls.Find(_token));
        Assert.Equal((1, 0, 1), (Of(1), To(2), To(3)));
        _calls.Purge(TimeSpan.FromSeconds(13));
        Assert.Equal(0, _calls.Count);
    }

    private static OpenCall Call(int requester, int host) => new(Samples.Peer(requester), Samples.Peer(host), _ => { });

    private int Of(int requester) => _calls.CountOfRequester(Samples.Peer(requester));

    private int To(int host) => _calls.CountOfHost(Samples.Peer(host));
}
