using System.Diagnostics.CodeAnalysis;
using System.Net;
using TspActors.Protocol;

namespace TspActors.Peer.Reaching;

/// <summary>The connections that a host opens to answer calls, and the limits on their number.</summary>
/// <remarks>
/// The hosting limits count streams. The limits here count connections, above all those without a stream: requesters that only keep
/// connections open must not use up the connections that others need. Not thread-safe.
/// </remarks>
/// <typeparam name="TSession">Identifies a connection's session.</typeparam>
internal sealed class CallBackSessions<TSession>
    where TSession : notnull
{
    private readonly Dictionary<TSession, Entry> _sessions = [];
    private long _added;

    private enum Stage
    {
        Dialling,
        Idle,
        Streaming,
        Closing,
    }

    /// <summary>Returns a refusal for a call if the host has reached a limit; null if it may connect to the requester.</summary>
    /// <param name="requester">The requester.</param>
    /// <param name="address">The requester's address, normalised for limits; null = it is behind a relay.</param>
    public Call? FindLimit(PeerId requester, IPAddress? address)
    {
        var isFull = CountOpen() >= CallBackRules.MaxOpen && !_sessions.Values.Any(session => session.Stage == Stage.Idle);
        // A connection that is being closed still occupies a socket.
        if (isFull || Count(session => session.Stage == Stage.Dialling) >= CallBackRules.MaxDials
            || _sessions.Count >= CallBackRules.MaxOpen + CallBackRules.MaxDials)
            return CallBackRules.Busy("this host is connecting to too many requesters");
        return Count(session => session.IsWithoutStream && session.Requester == requester) >= CallBackRules.MaxWithoutStreamOfRequester
            || (address is not null
                && Count(session => session.IsWithoutStream && address.Equals(session.Address)) >= CallBackRules.MaxWithoutStreamOfAddress)
            ? CallBackRules.Busy("this host already has connections to this requester that carry no stream")
            : null;
    }

    /// <summary>Adds a connection that is being opened.</summary>
    public void Add(TSession session, PeerId requester, IPAddress? address) =>
        _sessions.Add(session, new Entry(requester, address, _added++));

    /// <summary>Records that the requester has accepted a connection.</summary>
    public void SetConnected(TSession session) => Change(session, stage => stage == Stage.Dialling ? Stage.Idle : stage);

    /// <summary>Records whether a connection carries a stream.</summary>
    public void SetStreaming(TSession session, bool isStreaming) =>
        Change(session, stage => isStreaming ? Stage.Streaming : stage == Stage.Streaming ? Stage.Idle : stage);

    /// <summary>Records that a connection is being closed.</summary>
    public void SetClosing(TSession session) => Change(session, _ => Stage.Closing);

    /// <summary>Removes a connection that is closed.</summary>
    public void Remove(TSession session) => _sessions.Remove(session);

    /// <summary>Chooses the oldest connection without a stream for closing, if a new one would exceed the limit.</summary>
    public bool TryMakeRoom([MaybeNullWhen(false)] out TSession oldest)
    {
        oldest = default;
        var idle = _sessions.Where(session => session.Value.Stage == Stage.Idle).OrderBy(session => session.Value.Number).ToList();
        if (CountOpen() < CallBackRules.MaxOpen || idle.Count == 0)
            return false;
        oldest = idle[0].Key;
        SetClosing(oldest);
        return true;
    }

    private int CountOpen() => Count(session => session.Stage != Stage.Closing);

    private int Count(Func<Entry, bool> counts) => _sessions.Values.Count(counts);

    private void Change(TSession session, Func<Stage, Stage> change)
    {
        if (_sessions.TryGetValue(session, out var entry))
            entry.Stage = change(entry.Stage);
    }

    private sealed class Entry(PeerId requester, IPAddress? address, long number)
    {
        public PeerId Requester => requester;

        public IPAddress? Address => address;

        public long Number => number;

        public Stage Stage { get; set; } = Stage.Dialling;

        public bool IsWithoutStream => Stage is Stage.Dialling or Stage.Idle;
    }
}
