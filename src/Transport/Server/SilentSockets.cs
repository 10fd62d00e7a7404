using TspActors.Protocol;
using TspActors.Transport.Connections;

namespace TspActors.Transport.Server;

/// <summary>
/// A server's accepted sockets whose remote ends have sent nothing yet, or nothing but a few PINGs. They have no actors: a stranger that
/// connects and says nothing costs the server little more than the socket.
/// </summary>
/// <remarks>
/// <code>
/// Silent   one of the first PINGs, if answered here → Pinged: PONG is sent
///          FirstFrameTimeout                       → Closing: the last words and FIN are sent
/// Pinged   one of the first PINGs                  → Pinged: PONG is sent
///          IdleTimeout                             → Closing
/// both     other bytes have arrived                → the connection's actor is created, which reads them
///          end of input                            → gone
///          seat needed, drain                      → Closing
/// Closing  bytes have arrived                      → Closing: they are dropped
///          end of input, CloseTimeout              → gone
/// </code>
/// Not thread-safe: only the server's actor may use it.
/// </remarks>
/// <param name="settings">The deadlines.</param>
/// <param name="admit">Creates the actor of a connection on which bytes have arrived.</param>
/// <param name="leave">Called when a connection is gone that never had an actor.</param>
internal sealed class SilentSockets(TransportSettings settings, Action<Seat> admit, Action<Seat> leave)
{
    private readonly Dictionary<Seat, SilentSocket> _sockets = [];

    // In each list, all sockets have the same time, so the oldest is always the next one that is due.
    private readonly LinkedList<SilentSocket> _silent = [];
    private readonly LinkedList<SilentSocket> _pinged = [];
    private readonly LinkedList<SilentSocket> _closing = [];

    /// <summary>When <see cref="EndDue"/> must be called; null = no socket is waiting.</summary>
    public TimeSpan? NextDue => Sooner(Sooner(DueOf(_silent), DueOf(_pinged)), DueOf(_closing));

    /// <summary>Begins to wait for the first byte.</summary>
    public void Add(SilentSocket socket)
    {
        _sockets.Add(socket.Seat, socket);
        Place(socket, _silent, socket.Seat.Accepted.Since + settings.FirstFrameTimeout);
        Wait(socket);
    }

    /// <summary>Handles a socket on which something has arrived.</summary>
    public void OnArrival(SilentSocket socket, TimeSpan now)
    {
        if (socket.IsGone)
            return;
        switch (socket.Look())
        {
            case Arrival.Bytes when !socket.IsClosing && settings.AnswersPings && socket.TryAnswerPing(now):
                // Further PINGs do not extend the time.
                if (socket.Place!.List == _silent)
                    Place(socket, _pinged, now + settings.IdleTimeout);
                Wait(socket);
                break;
            case Arrival.Bytes when !socket.IsClosing:
                Remove(socket);
                socket.Release();
                admit(socket.Seat);
                break;
            case Arrival.Bytes when !socket.TryDrop():
                Close(socket, reset: true);
                break;
            case Arrival.End:
                Close(socket, reset: false);
                break;
            default:
                Wait(socket);
                break;
        }
    }

    /// <summary>Ends all connections that have been silent, or closing, for too long.</summary>
    public void EndDue(TimeSpan now)
    {
        while (_silent.First?.Value is { } silent && silent.Due <= now)
            End(silent, ErrorCode.Timeout, DeadlineTexts.Describe(Due.FirstFrame, settings), retryAfter: null, now);
        while (_pinged.First?.Value is { } pinged && pinged.Due <= now)
            End(pinged, ErrorCode.Timeout, DeadlineTexts.Describe(Due.Idle, settings), retryAfter: null, now);
        while (_closing.First?.Value is { } closing && closing.Due <= now)
            Close(closing, reset: true);
    }

    /// <summary>Ends a connection with an ERROR, unless it is closing already. Returns false if it has an actor.</summary>
    public bool TryEnd(Seat seat, ErrorCode code, string message, TimeSpan now)
    {
        if (!_sockets.TryGetValue(seat, out var socket))
            return false;
        if (!socket.IsClosing)
            End(socket, code, message, TspServerActor.RetryAfter, now);
        return true;
    }

    /// <summary>Resets a connection. Returns false if it has an actor.</summary>
    public bool TryReset(Seat seat)
    {
        if (!_sockets.TryGetValue(seat, out var socket))
            return false;
        Close(socket, reset: true);
        return true;
    }

    /// <summary>Ends all connections with an ERROR.</summary>
    public void EndAll(ErrorCode code, string message, TimeSpan now)
    {
        while ((_silent.First ?? _pinged.First)?.Value is { } socket)
            End(socket, code, message, TspServerActor.RetryAfter, now);
    }

    /// <summary>Resets all connections.</summary>
    public void ResetAll()
    {
        foreach (var socket in _sockets.Values.ToList())
            Close(socket, reset: true);
    }

    private void End(SilentSocket socket, ErrorCode code, string message, TimeSpan? retryAfter, TimeSpan now)
    {
        Place(socket, _closing, now + settings.CloseTimeout);
        if (!socket.TryClose(Errors.Frame(code, message, retryAfter: retryAfter)))
            Close(socket, reset: true);
    }

    private void Wait(SilentSocket socket)
    {
        if (!socket.TryWait())
            Close(socket, reset: true);
    }

    private void Close(SilentSocket socket, bool reset)
    {
        Remove(socket);
        socket.Close(reset);
        leave(socket.Seat);
    }

    private void Remove(SilentSocket socket)
    {
        socket.Place!.List!.Remove(socket.Place);
        _sockets.Remove(socket.Seat);
    }

    private static TimeSpan? DueOf(LinkedList<SilentSocket> list) => list.First?.Value.Due;

    private static TimeSpan? Sooner(TimeSpan? left, TimeSpan? right) => left is null || right < left ? right : left;

    private static void Place(SilentSocket socket, LinkedList<SilentSocket> list, TimeSpan due)
    {
        socket.Place?.List?.Remove(socket.Place);
        socket.Due = due;
        socket.Place = list.AddLast(socket);
    }
}
