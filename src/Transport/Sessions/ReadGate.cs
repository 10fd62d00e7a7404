namespace TspActors.Transport.Sessions;

/// <summary>The reasons why a session is not serving or reading frames for now.</summary>
[Flags]
public enum HoldReasons
{
    /// <summary>There is no hold on the session.</summary>
    None = 0,

    /// <summary>The session is waiting for another actor's reply to the last frame.</summary>
    Reply = 1,

    /// <summary>The session is waiting for its turn, because another session is being served.</summary>
    Turn = 2,

    /// <summary>The remote end has sent requests too often or too soon.</summary>
    Pause = 4,

    /// <summary>Replies to earlier frames are still unsent. The session serves the frames it has read, but stops reading.</summary>
    Unsent = 8,

    /// <summary>Too many replies are unsent. The session serves no frame until that changes.</summary>
    Backlog = 16,

    /// <summary>The session is closing its connection.</summary>
    Closing = 32,

    /// <summary>A reply of several frames is being produced.</summary>
    LongReply = 64,
}

/// <summary>The set of holds on a session, which decides whether it may serve frames, read more, and end.</summary>
/// <param name="Reasons">The current holds.</param>
public readonly record struct ReadGate(HoldReasons Reasons)
{
    private const HoldReasons NotServing = ~HoldReasons.Unsent;
    private const HoldReasons NotEnding = HoldReasons.Reply | HoldReasons.LongReply | HoldReasons.Unsent | HoldReasons.Closing;

    /// <summary>Whether the next frame may be served.</summary>
    public bool MayServe => (Reasons & NotServing) == HoldReasons.None;

    /// <summary>Whether more frames may be read.</summary>
    public bool MayRead => Reasons == HoldReasons.None;

    /// <summary>
    /// Whether the session may end once it has no frames left. A hold for a turn, a pause or a backlog does not keep it open.
    /// </summary>
    public bool MayEnd => (Reasons & NotEnding) == HoldReasons.None;

    /// <summary>Returns whether there is a hold for this reason.</summary>
    public bool IsHeldFor(HoldReasons reason) => (Reasons & reason) != HoldReasons.None;

    /// <summary>Returns the gate with this reason added.</summary>
    public ReadGate Hold(HoldReasons reason) => new(Reasons | reason);

    /// <summary>Returns the gate without this reason.</summary>
    public ReadGate Release(HoldReasons reason) => new(Reasons & ~reason);
}
