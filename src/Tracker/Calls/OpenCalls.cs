using TspActors.Protocol;

namespace TspActors.Tracker.Calls;

/// <summary>The calls that this tracker has passed on, or is about to pass on, and that can still be refused.</summary>
/// <remarks>Times are readings of one monotonic clock. The limits of <see cref="CallLimits"/> bound the number of calls.</remarks>
internal sealed class OpenCalls
{
    /// <summary>How long a call stays open. After that, the requester no longer accepts the host's connection.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(8);

    private readonly Dictionary<CallToken, OpenCall> _calls = [];
    private readonly Queue<(CallToken Token, TimeSpan Until)> _byAge = new();
    private readonly Dictionary<PeerId, int> _ofRequester = [];
    private readonly Dictionary<PeerId, int> _ofHost = [];

    /// <summary>The number of open calls.</summary>
    public int Count => _calls.Count;

    /// <summary>Returns the number of a requester's open calls.</summary>
    public int CountOfRequester(PeerId requester) => _ofRequester.GetValueOrDefault(requester);

    /// <summary>Returns the number of open calls to a host.</summary>
    public int CountOfHost(PeerId host) => _ofHost.GetValueOrDefault(host);

    /// <summary>Adds a call.</summary>
    /// <returns>False if its token is in use.</returns>
    public bool TryAdd(CallToken token, OpenCall call, TimeSpan now)
    {
        if (!_calls.TryAdd(token, call))
            return false;
        _byAge.Enqueue((token, now + Lifetime));
        Change(_ofRequester, call.Requester, 1);
        Change(_ofHost, call.Host, 1);
        return true;
    }

    /// <summary>Returns an open call; null if none has this token.</summary>
    public OpenCall? Find(CallToken token) => _calls.GetValueOrDefault(token);

    /// <summary>Ends a call and returns it; null if no call to this host has this token.</summary>
    public OpenCall? Remove(CallToken token, PeerId host)
    {
        if (!_calls.TryGetValue(token, out var call) || call.Host != host)
            return null;
        _calls.Remove(token);
        Change(_ofRequester, call.Requester, -1);
        Change(_ofHost, call.Host, -1);
        return call;
    }

    /// <summary>Ends the calls that have been open for too long.</summary>
    public void Purge(TimeSpan now)
    {
        while (_byAge.TryPeek(out var oldest) && oldest.Until <= now)
        {
            _byAge.Dequeue();
            // The token may have been reused after its call ended. In that case, the newer call ends a little early.
            if (_calls.TryGetValue(oldest.Token, out var call))
                Remove(oldest.Token, call.Host);
        }
    }

    private static void Change(Dictionary<PeerId, int> counts, PeerId peer, int by)
    {
        var count = counts.GetValueOrDefault(peer) + by;
        if (count == 0)
            counts.Remove(peer);
        else
            counts[peer] = count;
    }
}
