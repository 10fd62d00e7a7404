using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using TspActors.Protocol;
using TspActors.Transport.Limits;

namespace TspActors.Transport.Sessions;

/// <summary>Checks whether peers know the access key of a tracker or host, and limits their guesses at it.</summary>
/// <remarks>Thread-safe; one instance serves all connections of a server.</remarks>
/// <param name="key">The key.</param>
/// <param name="attempts">The limit on guesses.</param>
/// <param name="server">The word for this program in messages: "tracker" or "host".</param>
public sealed class AccessCheck(AccessKey key, ProofAttempts attempts, string server)
{
    /// <summary>Returns the check for a key, with its own limit on guesses; null if there is no key.</summary>
    public static AccessCheck? For(AccessKey? key, TimeSpan maxDelay, string server) =>
        key is null ? null : new AccessCheck(key, new ProofAttempts(maxDelay, TimeProvider.System), server);

    /// <summary>Answers a hello with a challenge, or refuses it.</summary>
    /// <param name="hello">The peer's hello.</param>
    /// <param name="remote">The address of the peer's connection.</param>
    /// <param name="challenge">The challenge that the peer must answer; null when the hello is refused.</param>
    public HandshakeResult Challenge(Hello hello, IPAddress remote, out AccessChallenge? challenge)
    {
        ArgumentNullException.ThrowIfNull(hello);
        challenge = null;
        if (hello.Nonce.IsEmpty)
            return new HandshakeResult.Refused(ErrorCode.Unauthenticated, $"this {server} requires an access key");
        if (RefuseGuess(hello, remote) is { } refused)
            return refused;
        challenge = new AccessChallenge(key, hello);
        return new HandshakeResult.Reply(challenge.ToFrame());
    }

    /// <summary>Checks a peer's proof.</summary>
    /// <param name="challenge">The challenge that the proof answers.</param>
    /// <param name="proof">The peer's proof.</param>
    /// <param name="remote">The address of the peer's connection.</param>
    /// <param name="ownProof">This side's own proof, for the welcome; null when the proof is refused.</param>
    /// <returns>The refusal; null when the proof is correct.</returns>
    public HandshakeResult.Refused? Verify(
        AccessChallenge challenge, Proof proof, IPAddress remote, [MaybeNull] out byte[] ownProof)
    {
        ArgumentNullException.ThrowIfNull(challenge);
        ownProof = null;
        // A challenge that was sent before the last failure must not be a way around the wait.
        if (RefuseGuess(challenge.Hello, remote) is { } refused)
            return refused;
        var peer = new PeerId(challenge.Hello.PeerId.Span);
        if (challenge.TryVerify(proof, out ownProof))
        {
            attempts.Succeed(remote, peer);
            return null;
        }

        attempts.Fail(remote, peer);
        return new HandshakeResult.Refused(ErrorCode.Unauthenticated, $"the access key does not match this {server}'s");
    }

    private HandshakeResult.Refused? RefuseGuess(Hello hello, IPAddress remote)
    {
        var wait = attempts.WaitFor(remote, new PeerId(hello.PeerId.Span));
        if (wait == TimeSpan.Zero)
            return null;
        // Rounded up to whole milliseconds, as the wire carries them.
        wait = TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
        return new HandshakeResult.Refused(
            ErrorCode.RateLimited,
            string.Create(
                CultureInfo.InvariantCulture,
                $"too many wrong access keys came from this address; try again in {Math.Ceiling(wait.TotalSeconds)} s"),
            wait);
    }
}
