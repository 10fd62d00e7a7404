namespace TspActors.Protocol;

/// <summary>A peer's features beyond the first version of the protocol: the bits of Hello.features (docs/protocol.md section 3).</summary>
[Flags]
public enum PeerFeatures : ulong
{
    /// <summary>No features.</summary>
    None = 0,

    /// <summary>The peer can be asked to connect to a requester.</summary>
    Call = 1,

    /// <summary>The peer may be called back at its listen port.</summary>
    Callable = 2,

    /// <summary>The peer can listen and host through a relay.</summary>
    RelayUser = 4,

    /// <summary>The peer offers itself as a relay.</summary>
    RelayVolunteer = 8,

    /// <summary>The peer passes live feeds on.</summary>
    LiveRelay = 32,

    /// <summary>The peer sends the covers of its songs.</summary>
    Cover = 64,
}

/// <summary>A tracker's features beyond the first version of the protocol: the bits of Welcome.features.</summary>
[Flags]
public enum TrackerFeatures : ulong
{
    /// <summary>No features.</summary>
    None = 0,

    /// <summary>The tracker forwards CALL.</summary>
    Call = 1,

    /// <summary>The tracker arranges relays.</summary>
    Relay = 4,
}
