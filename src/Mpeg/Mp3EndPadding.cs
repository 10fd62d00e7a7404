namespace TspActors.Mpeg;

/// <summary>
/// Tracks, song after song, how many samples to trim from the end because the encoder only filled up the last frame. A decoder that reads a
/// song from its start trims them itself. After a seek it has not seen the info frame, so its caller has to trim them.
/// </summary>
public sealed class Mp3EndPadding
{
    // One song in a hundred may be shorter than what is decoded ahead; a few songs back are always enough.
    private const int RememberedSongs = 16;

    private readonly Dictionary<int, Mp3Padding> _paddingPerSong = [];
    private readonly byte[] _head = new byte[Mp3InfoFrame.HeadBytes];
    private int _headCount;
    private int _song;
    private bool _decoderTrims = true;

    /// <summary>What the caller has to trim from the end of the song that is being decoded.</summary>
    public Mp3Padding ToTrim => _decoderTrims ? default : _paddingPerSong.GetValueOrDefault(_song);

    /// <summary>Begins a song: the next bytes are its first.</summary>
    public void BeginSong(int song)
    {
        (_song, _headCount, _decoderTrims) = (song, 0, true);
        _paddingPerSong.Remove(song - RememberedSongs);
    }

    /// <summary>Moves to another place in a song, possibly its start.</summary>
    public void Seek(int song) => (_song, _headCount, _decoderTrims) = (song, 0, false);

    /// <summary>Reads the next bytes of the song in search of its info frame.</summary>
    public void Feed(ReadOnlySpan<byte> mp3)
    {
        if (_headCount == _head.Length)
            return;
        var copied = Math.Min(mp3.Length, _head.Length - _headCount);
        mp3[..copied].CopyTo(_head.AsSpan(_headCount));
        _headCount += copied;
        // A VBRI frame states no padding, and decoders play it as silence.
        if (_headCount < _head.Length || !Mp3InfoFrame.TryRead(_head, out var info) || info.Kind == Mp3InfoKind.Vbri)
            return;
        _paddingPerSong[_song] = new Mp3Padding(info.TrailingSamples, info.Header.SampleRateHz);
        _decoderTrims = true;
    }
}

/// <summary>A number of samples per channel to trim.</summary>
/// <param name="Samples">The samples, at the song's own rate.</param>
/// <param name="SampleRateHz">The song's own rate.</param>
public readonly record struct Mp3Padding(int Samples, int SampleRateHz)
{
    /// <summary>Converts the number of samples to another sample rate.</summary>
    public int SamplesAt(int sampleRateHz) => SampleRateHz == 0 ? 0 : (int)((long)Samples * sampleRateHz / SampleRateHz);
}
