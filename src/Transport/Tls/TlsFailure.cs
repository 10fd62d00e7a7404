namespace TspActors.Transport.Tls;

/// <summary>Why a TLS handshake failed.</summary>
public enum TlsFailure
{
    /// <summary>The remote end closed the connection, or sent something that TLS does not allow.</summary>
    Failed,

    /// <summary>The handshake was not complete in time.</summary>
    TimedOut,

    /// <summary>Too many handshakes are waiting on this side.</summary>
    Busy,

    /// <summary>The remote end answered, but not in TLS.</summary>
    NotTls,

    /// <summary>The remote end answered, without TLS, that it is busy or shutting down. It may speak TLS later.</summary>
    RefusedInPlain,

    /// <summary>The remote end has a key other than the pinned one.</summary>
    KeyMismatch,

    /// <summary>The remote end's certificate is missing, or its kind is not accepted.</summary>
    BadCertificate,

    /// <summary>No trusted authority issued the remote end's certificate, or the certificate has expired.</summary>
    Untrusted,

    /// <summary>The remote end's certificate is for a different name.</summary>
    NameMismatch,
}

/// <summary>A handshake has failed.</summary>
/// <param name="Failure">The cause.</param>
/// <param name="Text">The human-readable cause: a predicate with the remote end as its subject, such as "shows no certificate".</param>
internal sealed record HandshakeFailed(TlsFailure Failure, string Text) : ILocalMessage;

/// <summary>A handshake has succeeded.</summary>
/// <param name="RemoteKey">The id of the remote end's key; null = it presented no certificate.</param>
/// <param name="OwnKey">The id of the key that this side has used.</param>
internal sealed record HandshakeDone(Protocol.KeyId? RemoteKey, Protocol.KeyId OwnKey) : ILocalMessage;
