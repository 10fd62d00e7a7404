namespace TspActors.Playback.Outputs;

/// <summary>
/// Keeps the last audio that was written to a device. After a pause, the audio that the device had not yet played can then be written to it
/// again.
/// </summary>
internal sealed class UnheardSound
{
    private readonly PcmFormat _format;
    private readonly byte[] _bytes;
    private int _count;
    private int _held;

    /// <param name="format">The format of the audio.</param>
    /// <param name="capacity">The maximum duration of the audio that a device can buffer.</param>
    internal UnheardSound(PcmFormat format, TimeSpan capacity)
    {
        _format = format;
        _bytes = new byte[BytesOf(capacity)];
    }

    /// <summary>The duration of the audio that must be written again.</summary>
    internal TimeSpan Held => _format.DurationOf(_held);

    /// <summary>The audio that must be written again. Call <see cref="Release"/> after writing it.</summary>
    internal ReadOnlySpan<byte> HeldBytes => _bytes.AsSpan(_count - _held, _held);

    /// <summary>Records audio that was written to the device.</summary>
    internal void Add(ReadOnlySpan<byte> pcm)
    {
        if (pcm.Length > _bytes.Length)
            pcm = pcm[^_bytes.Length..];
        var kept = Math.Min(_count, _bytes.Length - pcm.Length);
        _bytes.AsSpan(_count - kept, kept).CopyTo(_bytes);
        pcm.CopyTo(_bytes.AsSpan(kept));
        _count = kept + pcm.Length;
    }

    /// <summary>Records that the device drops this much audio, which must be written again.</summary>
    internal void Hold(TimeSpan dropped) => _held = Math.Min(BytesOf(dropped), _count);

    /// <summary>Records that the audio was written again.</summary>
    internal void Release() => _held = 0;

    /// <summary>Forgets everything.</summary>
    internal void Clear() => _count = _held = 0;

    // At most a minute of audio, no matter how much a device reports.
    private int BytesOf(TimeSpan duration) =>
        (int)(Math.Clamp(duration.TotalSeconds, 0, 60) * _format.Rate) * _format.FrameBytes;
}
