namespace TspActors.Mpeg;

/// <summary>
/// Tracks, for each song, how many samples to trim from its end, because the encoder padded the last frame. A decoder that reads a song
/// from the start trims them itself. After a seek, the decoder has not seen the info frame, so its caller must trim them.
/// </summary>
public sealed class Mp3EndPadding
{
    // The decoder is never this many songs ahead of the output, even if the songs are very short.
    private const int RememberedSongs = 16;

    private readonly Dictionary<int, Mp3Padding> _paddingPerSong = [];
    private readonly byte[] _head = new byte[Mp3InfoFrame.HeadBytes];
    private int _headCount;
    private int _song;
    private bool _decoderTrims = true;

    /// <summary>The padding that the caller must trim from the end of the current song.</summary>
    public Mp3Padding ToTrim => _decoderTrims ? default : _paddingPerSong.GetValueOrDefault(_song);

    /// <summary>Begins a song. The next bytes are the first bytes of the song.</summary>
    public void BeginSong(int song)
    {
        (_song, _headCount, _decoderTrims) = (song, 0, true);
        _paddingPerSong.Remove(song - RememberedSongs);
    }

    /// <summary>Moves to a different position in a song, possibly its start.</summary>
    public void Seek(int song) => (_song, _headCount, _decoderTrims) = (song, 0, false);

    /// <summary>
    /// Reads the next bytes of the song, and looks for an info frame in the first bytes after <see cref="BeginSong"/> or
    /// <see cref="Seek"/>.
    /// </summary>
    public void Feed(ReadOnlySpan<byte> mp3)
    {
        if (_headCount == _head.Length)
            return;
        var copied = Math.Min(mp3.Length, _head.Length - _headCount);
        mp3[..copied].CopyTo(_head.AsSpan(_headCount));
        _headCount += copied;
        // A VBRI frame specifies no padding, and decoders play the frame itself as silence.
        if (_headCount < _head.Length || !Mp3InfoFrame.TryRead(_head, out var info) || info.Kind == Mp3InfoKind.Vbri)
            return;
        _paddingPerSong[_song] = new Mp3Padding(info.TrailingSamples, info.Header.SampleRateHz);
        _decoderTrims = true;
    }
}

/// <summary>A number of samples per channel to trim.</summary>
/// <param name="Samples">The number of samples, at the song's own sample rate.</param>
/// <param name="SampleRateHz">The song's own sample rate.</param>
public readonly record struct Mp3Padding(int Samples, int SampleRateHz)
{
    /// <summary>Converts the number of samples to a different sample rate.</summary>
    public int SamplesAt(int sampleRateHz) => SampleRateHz == 0 ? 0 : (int)((long)Samples * sampleRateHz / SampleRateHz);
}
