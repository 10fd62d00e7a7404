using System.Net;
using TspActors.Protocol;

namespace TspActors.Transport.Sessions;

/// <summary>The remote end of an accepted connection, as a handshake sees it.</summary>
/// <param name="Address">The remote end's address.</param>
/// <param name="Key">The id of the key that the remote end has proved it holds; null if the connection is plain, or if no certificate was
///   presented.</param>
/// <param name="ServerKey">The id of this side's key, which the remote end has seen; null = the connection is plain.</param>
public sealed record RemoteEnd(IPAddress Address, KeyId? Key, KeyId? ServerKey)
{
    /// <summary>Returns the remote end of a connection.</summary>
    /// <param name="opened">The connection.</param>
    public static RemoteEnd From(ConnectionOpened opened)
    {
        ArgumentNullException.ThrowIfNull(opened);
        return new RemoteEnd(opened.Remote.Address, opened.RemoteKey, opened.OwnKey);
    }

    /// <summary>Returns a refusal if a hello's peer id is not the id of the remote end's key; null = the hello may claim that id.</summary>
    /// <remarks>Without a certificate, nothing is proved, and the rules for plain connections apply.</remarks>
    public HandshakeResult.Refused? RefuseId(Hello hello)
    {
        ArgumentNullException.ThrowIfNull(hello);
        return Key is { } key && !hello.PeerId.Span.SequenceEqual(key.ToArray())
            ? new HandshakeResult.Refused(ErrorCode.Unauthenticated, $"the peer id is not the id of this connection's key, which is {key}")
            : null;
    }
}
