namespace TspActors.Tracker;

/// <summary>The kinds of connections that a tracker accepts (tsp.tracker.encryption).</summary>
public enum TrackerEncryption
{
    /// <summary>Plain connections only.</summary>
    Off,

    /// <summary>TLS and plain connections.</summary>
    Accept,

    /// <summary>TLS only.</summary>
    Require,
}
