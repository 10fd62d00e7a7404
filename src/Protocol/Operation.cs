namespace TspActors.Protocol;

/// <summary>The kind of request or report in a frame: the low seven bits of its type byte (docs/protocol.md section 1).</summary>
public enum Operation : byte
{
    /// <summary>Handshake: hello, challenge, proof, welcome.</summary>
    Init = 0,

    /// <summary>A page of the catalog, or the tracker's request for a peer's songs.</summary>
    List = 1,

    /// <summary>Everything known about one song, or about each song on a page.</summary>
    Info = 2,

    /// <summary>Asks a tracker for the hosts of a song, or a host for its stream.</summary>
    Play = 3,

    /// <summary>Ends a stream.</summary>
    Stop = 4,

    /// <summary>Announces that the peer is leaving.</summary>
    Quit = 5,

    /// <summary>Changes to the catalog.</summary>
    BroadcastList = 6,

    /// <summary>MP3 bytes; without a body, the end of the song.</summary>
    Data = 7,

    /// <summary>Asks the remote end for a PONG, to check that it is still there.</summary>
    Ping = 8,

    /// <summary>The reply to PING.</summary>
    Pong = 9,

    /// <summary>Reports a problem, for example that a request failed.</summary>
    Error = 10,

    /// <summary>The ids of shared songs.</summary>
    Assign = 11,

    /// <summary>Songs that a peer hosts, or no longer hosts.</summary>
    Share = 12,

    /// <summary>Asks a host, through the tracker, to connect to the requester.</summary>
    Call = 13,

    /// <summary>Where a peer can be reached, and whether the tracker could reach it.</summary>
    Reach = 14,

    /// <summary>Asks a relay to reserve a place for two ends, or to let one of them use it.</summary>
    Relay = 15,

    /// <summary>Proves that a chunk of a live feed comes from its source.</summary>
    Live = 16,

    /// <summary>Asks a host for a cover, and carries the reply.</summary>
    Cover = 17,
}

/// <summary>The protocol's rules for each operation.</summary>
public static class Operations
{
    /// <summary>Returns whether this version of the protocol defines the operation.</summary>
    public static bool IsKnown(this Operation operation) => operation <= Operation.Cover;

    /// <summary>
    /// Returns the maximum body length in bytes. An unknown operation has the same limit as most known ones (docs/protocol.md section 1).
    /// </summary>
    public static int MaxBodyLength(this Operation operation) => operation switch
    {
        Operation.Data or Operation.Cover => 256 * 1024,
        Operation.Init => 16 * 1024,
        Operation.Call or Operation.Reach or Operation.Relay => 4 * 1024,
        Operation.Live => 1024,
        _ => 1024 * 1024,
    };
}
