using System.Globalization;
using TspActors.Protocol;
using TspActors.Transport.Limits;

namespace TspActors.Transport.Sessions;

/// <summary>Checks whether peers know the access key of a tracker or host, or have an invitation, and limits their guesses.</summary>
/// <remarks>Thread-safe; one instance serves all connections of a server.</remarks>
/// <param name="key">The access key; null = there is none, and only invitations are accepted.</param>
/// <param name="attempts">The limit on guesses.</param>
/// <param name="server">The word for this program in messages: "tracker" or "host".</param>
public sealed class AccessCheck(AccessKey? key, ProofAttempts attempts, string server)
{
    private string Needed => key is null
        ? $"this {server} admits members only: ask its owner for an invitation, and run 'peer join' with it"
        : $"this {server} requires an access key";

    /// <summary>Returns the check for a key, with its own limit on guesses; null if there is no key.</summary>
    public static AccessCheck? For(AccessKey? key, TimeSpan maxDelay, string server) =>
        key is null ? null : OfMembers(key, maxDelay, server);

    /// <summary>Returns the check for a key, if there is one, and for invitations, with its own limit on guesses.</summary>
    public static AccessCheck OfMembers(AccessKey? key, TimeSpan maxDelay, string server) =>
        new(key, new ProofAttempts(maxDelay, TimeProvider.System), server);

    /// <summary>Answers a hello with a challenge, or refuses the hello.</summary>
    /// <param name="hello">The peer's hello.</param>
    /// <param name="remote">The peer's end of the connection.</param>
    /// <param name="challenge">The challenge that the peer must answer; null when the hello is refused.</param>
    public HandshakeResult Challenge(Hello hello, RemoteEnd remote, out AccessChallenge? challenge)
    {
        ArgumentNullException.ThrowIfNull(hello);
        ArgumentNullException.ThrowIfNull(remote);
        challenge = null;
        if (hello.Nonce.IsEmpty)
            return new HandshakeResult.Refused(ErrorCode.Unauthenticated, Needed);
        if (RefuseGuess(hello, remote) is { } refused)
            return refused;
        challenge = new AccessChallenge(hello, remote.ServerKey);
        return new HandshakeResult.Reply(challenge.ToFrame());
    }

    /// <summary>Checks a peer's proof.</summary>
    /// <param name="challenge">The challenge that the proof answers.</param>
    /// <param name="proof">The peer's proof.</param>
    /// <param name="remote">The peer's end of the connection.</param>
    /// <param name="invitations">Keys that are accepted in addition to the access key.</param>
    /// <param name="result">The result of a correct proof; default when the proof is refused.</param>
    /// <returns>The refusal; null when the proof is correct.</returns>
    public HandshakeResult.Refused? Verify(
        AccessChallenge challenge, Proof proof, RemoteEnd remote, IReadOnlyList<AccessKey> invitations, out AccessProof result)
    {
        ArgumentNullException.ThrowIfNull(challenge);
        ArgumentNullException.ThrowIfNull(remote);
        ArgumentNullException.ThrowIfNull(invitations);
        result = default;
        // A peer must not bypass the wait by using a challenge that was sent before the last failure.
        if (RefuseGuess(challenge.Hello, remote) is { } refused)
            return refused;
        var (peer, showsKey) = (new PeerId(challenge.Hello.PeerId.Span), remote.Key is not null);
        if (key is not null && challenge.TryVerify(key, proof, out var own))
        {
            attempts.Succeed(remote.Address, peer, showsKey);
            result = new AccessProof(own, null);
            return null;
        }

        for (var i = 0; i < invitations.Count; i++)
        {
            if (!challenge.TryVerify(invitations[i], proof, out own))
                continue;
            attempts.Succeed(remote.Address, peer, showsKey);
            result = new AccessProof(own, i);
            return null;
        }

        attempts.Fail(remote.Address, peer, showsKey);
        return new HandshakeResult.Refused(
            ErrorCode.Unauthenticated,
            key is null ? $"this {server} knows no such invitation; it may have been used or have expired"
            : $"the access key does not match this {server}'s");
    }

    private HandshakeResult.Refused? RefuseGuess(Hello hello, RemoteEnd remote)
    {
        var wait = attempts.WaitFor(remote.Address, new PeerId(hello.PeerId.Span), remote.Key is not null);
        if (wait == TimeSpan.Zero)
            return null;
        // Rounded up, because the wire carries whole milliseconds.
        wait = TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
        return new HandshakeResult.Refused(
            ErrorCode.RateLimited,
            string.Create(
                CultureInfo.InvariantCulture,
                $"too many wrong access keys came from this address; try again in {Math.Ceiling(wait.TotalSeconds)} s"),
            wait);
    }
}
