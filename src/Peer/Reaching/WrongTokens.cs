using System.Net;
using TspActors.Protocol;
using TspActors.Transport.Limits;

namespace TspActors.Peer.Reaching;

/// <summary>
/// Counts the tokens that remote ends present although no call awaits them. After a few, their address must wait before its next token is
/// checked.
/// </summary>
/// <remarks>
/// A token whose call has just failed does not count: an honest host may be late, or connect while its refusal is on its way. A token that
/// has been used, and one that this peer has never created, count.
/// </remarks>
/// <param name="time">The clock.</param>
internal sealed class WrongTokens(TimeProvider time)
{
    /// <summary>The maximum number of failed calls whose tokens are remembered.</summary>
    public const int MaxExpired = 1_000;

    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly ProofAttempts _attempts = new(LongestWait, time);
    private readonly HashSet<CallToken> _expired = [];
    private readonly Queue<CallToken> _order = new();

    /// <summary>Returns how long an address must wait before its next token is checked; zero = no wait.</summary>
    public TimeSpan WaitFor(IPAddress address) => _attempts.WaitFor(address, default);

    /// <summary>Remembers the token of a call that has failed.</summary>
    public void Expire(CallToken token)
    {
        if (!_expired.Add(token))
            return;
        _order.Enqueue(token);
        if (_order.Count > MaxExpired)
            _expired.Remove(_order.Dequeue());
    }

    /// <summary>Counts a token that no call awaits against an address, unless it belongs to a call that has failed.</summary>
    public void Record(CallToken token, IPAddress address)
    {
        // An expired token counts from the second time on.
        if (!_expired.Remove(token))
            _attempts.Fail(address, default);
    }
}
