namespace TspActors.Playback.Frames;

/// <summary>
/// How much of a song's last frame the encoder only filled up, as its info frame says. A decoder that was given the song from its start cuts
/// that off by itself; after a seek it has not seen the info frame, and this is what is left to cut.
/// </summary>
internal sealed class EndPadding
{
    // A song in a hundred may be shorter than what is decoded ahead; none needs more than a few of those that follow it.
    private const int Remembered = 16;

    private readonly Dictionary<int, Padding> _ofSongs = [];
    private readonly byte[] _head = new byte[InfoFrame.HeadLength];
    private int _headCount;
    private int _song;
    private bool _fromStart = true;

    /// <summary>What is to be cut at the end of the song that is being decoded.</summary>
    public Padding Left => _fromStart ? default : _ofSongs.GetValueOrDefault(_song);

    /// <summary>The next bytes begin a song.</summary>
    public void BeginSong(int song)
    {
        (_song, _headCount, _fromStart) = (song, 0, true);
        _ofSongs.Remove(song - Remembered);
    }

    /// <summary>The next bytes are another place of a song, its start perhaps.</summary>
    public void SeekTo(int song) => (_song, _headCount, _fromStart) = (song, 0, false);

    /// <summary>Looks at bytes of the song.</summary>
    public void Look(ReadOnlySpan<byte> mp3)
    {
        if (_headCount == _head.Length)
            return;
        var taken = Math.Min(mp3.Length, _head.Length - _headCount);
        mp3[..taken].CopyTo(_head.AsSpan(_headCount));
        _headCount += taken;
        if (_headCount < _head.Length || !InfoFrame.TryRead(_head, out var info))
            return;
        _ofSongs[_song] = new Padding(info.SamplesToCut, info.Header.SampleRate);
        _fromStart = true;
    }

    /// <summary>Samples of one channel, at the song's own rate.</summary>
    internal readonly record struct Padding(int Samples, int Rate)
    {
        public int FramesAt(int rate) => Rate == 0 ? 0 : (int)((long)Samples * rate / Rate);
    }
}
