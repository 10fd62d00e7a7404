namespace TspActors.Protocol.Mdns;

/// <summary>The kinds of connections that a tracker says it accepts.</summary>
public enum AnnouncedEncryption
{
    /// <summary>The tracker did not say.</summary>
    Unknown,

    /// <summary>Plain connections only.</summary>
    Off,

    /// <summary>TLS and plain connections.</summary>
    Accept,

    /// <summary>TLS only.</summary>
    Require,
}
