namespace TspActors.Tracker.Peers;

/// <summary>Answers that were made and not sent yet, gathered so that they go out as one write.</summary>
internal sealed class PendingAnswers
{
    /// <summary>No more are made beyond this until those before are taken: whoever asks and does not read costs this much.</summary>
    private const int Enough = 256 * 1024;

    private readonly List<byte[]> _frames = [];
    private int _bytes;

    public bool IsEmpty => _frames.Count == 0;

    /// <summary>True when those before should be sent first.</summary>
    public bool IsFull => _bytes >= Enough;

    public void Add(byte[] frame)
    {
        _frames.Add(frame);
        _bytes += frame.Length;
    }

    /// <summary>All of them, in order; empty when there are none.</summary>
    public byte[] Take()
    {
        var taken = _frames.Count == 1 ? _frames[0] : Joined();
        _frames.Clear();
        _bytes = 0;
        return taken;
    }

    private byte[] Joined()
    {
        var joined = new byte[_bytes];
        var at = 0;
        foreach (var frame in _frames)
        {
            frame.CopyTo(joined, at);
            at += frame.Length;
        }

        return joined;
    }
}
