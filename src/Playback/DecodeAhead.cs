using TspActors.Mpeg;

namespace TspActors.Playback;

/// <summary>Decodes a little ahead of the output, song after song, and stages the samples. Used only by the player's thread.</summary>
internal sealed class DecodeAhead : IDisposable
{
    private const int FeedSize = 4096;

    private readonly IMp3Decoder _decoder;
    private readonly InputBuffer _input;
    private readonly SongPlayerSettings _settings;
    private readonly Action<string> _notice;
    private readonly ByteRate _rate = new();
    private readonly Mp3EndPadding _padding = new();
    private readonly byte[] _feed = new byte[FeedSize];
    private int _generation;
    private int _song;
    private bool _mustSound = true;

    internal DecodeAhead(IMp3Decoder decoder, InputBuffer input, SongPlayerSettings settings, Action<string> notice)
    {
        _decoder = decoder;
        _input = input;
        _settings = settings;
        _notice = notice;
    }

    internal StagedPcm Staged { get; } = new();

    /// <summary>How many bytes of the current song make one second.</summary>
    internal double BytesPerSecond => _rate.BytesPerSecond;

    /// <summary>True when nothing follows the staged samples.</summary>
    internal bool InputEnded { get; private set; }

    /// <summary>True when anything that was played or is staged contained sound.</summary>
    internal bool AnySound { get; private set; }

    /// <summary>True when enough is staged to start: the threshold, or all that is left of a song.</summary>
    internal bool IsEnough => InputEnded || Staged.Duration >= _settings.StartThreshold || (!Staged.IsEmpty && Staged.First.Song != _song);

    /// <summary>Drops everything. The next bytes come from another position of the given song.</summary>
    internal void SeekTo(int generation, int song)
    {
        (_generation, _song) = (generation, song);
        // The position may be the very end of a song, after its last sample.
        _mustSound = false;
        InputEnded = false;
        Staged.Clear();
        _rate.Reset();
        _padding.Seek(song);
        _decoder.Reset();
    }

    /// <summary>Decodes until the threshold is staged or the input runs out.</summary>
    /// <returns>False when the player was restarted in between: the decoder must be reset before it sees the next bytes.</returns>
    internal bool Fill()
    {
        while (Staged.Duration < _settings.StartThreshold || Staged.IsEmpty)
        {
            if (Decode())
                continue;
            var state = _input.Read(_feed, _generation, out var read);
            // An end that was seen may have been withdrawn; the next read tells whether it still holds.
            InputEnded &= state is InputState.Completed or InputState.NextSong;
            switch (state)
            {
                case InputState.Bytes:
                    if (_rate.Feed(read))
                        _input.Limit = (int)Math.Min(_settings.InputBufferBytes, _rate.BytesPerSecond * _settings.InputBufferTime.TotalSeconds);
                    _padding.Feed(_feed.AsSpan(0, read));
                    _decoder.Feed(_feed.AsSpan(0, read));
                    break;
                case InputState.NextSong:
                    BeginNextSong();
                    break;
                case InputState.Completed when !InputEnded:
                    InputEnded = true;
                    _decoder.Complete();
                    Staged.CutEnd(_song, _padding.ToTrim);
                    break;
                case InputState.Stale:
                    return false;
                default:
                    return true;
            }
        }

        return true;
    }

    public void Dispose() => _decoder.Dispose();

    private bool Decode()
    {
        var block = Staged.Rent();
        var step = _decoder.Read(block.Bytes, out var written);
        if (step != DecodeStep.Pcm)
        {
            Staged.Return(block);
            return step == DecodeStep.NewFormat;
        }

        (block.Format, block.Song, block.Start, block.End) = (_decoder.Format, _song, 0, written);
        Staged.Add(block);
        _rate.Decoded(_decoder.Format.DurationOf(written));
        AnySound = true;
        _mustSound = false;
        return true;
    }

    private void BeginNextSong()
    {
        if (_mustSound)
            _notice("There is no MP3 sound in a song of the queue; it was left out.");
        if (!InputEnded)
            Staged.CutEnd(_song, _padding.ToTrim);
        _song++;
        _mustSound = true;
        InputEnded = false;
        _padding.BeginSong(_song);
        _rate.Reset();
        _decoder.BeginNext();
    }
}
