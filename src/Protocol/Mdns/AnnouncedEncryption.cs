namespace TspActors.Protocol.Mdns;

/// <summary>Which connections a tracker says that it accepts.</summary>
public enum AnnouncedEncryption
{
    /// <summary>It did not say.</summary>
    Unknown,

    /// <summary>Plain connections only.</summary>
    Off,

    /// <summary>TLS and plain connections.</summary>
    Accept,

    /// <summary>TLS only.</summary>
    Require,
}
