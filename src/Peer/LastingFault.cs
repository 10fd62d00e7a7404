namespace TspActors.Peer;

/// <summary>A fault that occurs again and again, such as a full disk. It is told once, and its end is told once.</summary>
internal sealed class LastingFault
{
    private string? _reason;

    /// <summary>
    /// Records an occurrence. Returns true if it must be told: it is the first one, or its reason differs from the last one.
    /// </summary>
    public bool Begin(string reason)
    {
        if (reason == _reason)
            return false;
        _reason = reason;
        return true;
    }

    /// <summary>Records that it works again. Returns true if that must be told, because a fault was told.</summary>
    public bool End()
    {
        var wasTold = _reason is not null;
        _reason = null;
        return wasTold;
    }
}
