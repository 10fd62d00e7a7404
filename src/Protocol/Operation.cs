namespace TspActors.Protocol;

/// <summary>What a frame asks or tells: the low seven bits of its type byte (docs/protocol.md section 1).</summary>
public enum Operation : byte
{
    /// <summary>Handshake: hello, challenge, proof, welcome.</summary>
    Init = 0,

    /// <summary>A page of the catalog, or the tracker's request for a peer's songs.</summary>
    List = 1,

    /// <summary>Everything known of one song, or of all of them in pages.</summary>
    Info = 2,

    /// <summary>To a tracker: the hosts of a song. To a host: its stream.</summary>
    Play = 3,

    /// <summary>Ends a stream.</summary>
    Stop = 4,

    /// <summary>The peer leaves.</summary>
    Quit = 5,

    /// <summary>What changed in the catalog.</summary>
    BroadcastList = 6,

    /// <summary>MP3 bytes; without a body, the end of the song.</summary>
    Data = 7,

    /// <summary>Are you there?</summary>
    Ping = 8,

    /// <summary>Yes.</summary>
    Pong = 9,

    /// <summary>A request failed.</summary>
    Error = 10,

    /// <summary>Ids of the songs that were shared.</summary>
    Assign = 11,

    /// <summary>Songs that a peer hosts, or no longer hosts.</summary>
    Share = 12,
}

/// <summary>What the contract fixes for each operation.</summary>
public static class Operations
{
    /// <summary>True when this version of the protocol knows the operation.</summary>
    public static bool IsKnown(this Operation operation) => operation <= Operation.Share;

    /// <summary>The longest body in bytes; an unknown operation counts as "any other" (docs/protocol.md section 1).</summary>
    public static int MaxBodyLength(this Operation operation) => operation switch
    {
        Operation.Data => 256 * 1024,
        Operation.Init => 16 * 1024,
        _ => 1024 * 1024,
    };
}
