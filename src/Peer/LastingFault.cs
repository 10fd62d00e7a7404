namespace TspActors.Peer;

/// <summary>A fault that keeps recurring, such as a full disk. It is reported once when it begins, and once when it ends.</summary>
internal sealed class LastingFault
{
    private string? _reason;

    /// <summary>
    /// Records an occurrence. Returns true if it must be reported: it is the first one, or its reason differs from the previous one's.
    /// </summary>
    public bool Begin(string reason)
    {
        if (reason == _reason)
            return false;
        _reason = reason;
        return true;
    }

    /// <summary>Records that the fault is over. Returns true if that must be reported because the fault itself was.</summary>
    public bool End()
    {
        var wasReported = _reason is not null;
        _reason = null;
        return wasReported;
    }
}
