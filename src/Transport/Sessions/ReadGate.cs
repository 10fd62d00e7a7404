namespace TspActors.Transport.Sessions;

/// <summary>Reasons for which a session serves or reads no more frames for now.</summary>
[Flags]
public enum HoldReasons
{
    /// <summary>Nothing holds it up.</summary>
    None = 0,

    /// <summary>The last frame's reply has to come from another actor first.</summary>
    Reply = 1,

    /// <summary>Other sessions have their turn.</summary>
    Turn = 2,

    /// <summary>The remote end asked too often, or too soon.</summary>
    Pause = 4,

    /// <summary>The remote end has not taken the replies to earlier frames. Frames that were read before are still served.</summary>
    Unsent = 8,

    /// <summary>Too many replies are not taken: no frame is served before that.</summary>
    Backlog = 16,

    /// <summary>The session is closing its connection.</summary>
    Closing = 32,
}

/// <summary>Whether a session may serve frames, read more and end, given the independent reasons that hold it up.</summary>
/// <param name="Reasons">What holds it up now.</param>
public readonly record struct ReadGate(HoldReasons Reasons)
{
    private const HoldReasons NotServing = ~HoldReasons.Unsent;
    private const HoldReasons NotEnding = HoldReasons.Reply | HoldReasons.Unsent | HoldReasons.Closing;

    /// <summary>Whether the next frame may be served.</summary>
    public bool MayServe => (Reasons & NotServing) == HoldReasons.None;

    /// <summary>Whether more frames may be read.</summary>
    public bool MayRead => Reasons == HoldReasons.None;

    /// <summary>Whether the session may end once it has no frames left: a pause or a backlog does not keep it open.</summary>
    public bool MayEnd => (Reasons & NotEnding) == HoldReasons.None;

    /// <summary>Whether this reason holds it up.</summary>
    public bool IsHeldFor(HoldReasons reason) => (Reasons & reason) != HoldReasons.None;

    /// <summary>Returns the gate held for one more reason.</summary>
    public ReadGate Hold(HoldReasons reason) => new(Reasons | reason);

    /// <summary>Returns the gate without that reason.</summary>
    public ReadGate Release(HoldReasons reason) => new(Reasons & ~reason);
}
