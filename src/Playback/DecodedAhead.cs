using TspActors.Mpeg;

namespace TspActors.Playback;

/// <summary>The little sound that lies decoded ahead of the output, song after song, and how it gets there. Used by the player's thread only.</summary>
internal sealed class DecodedAhead : IDisposable
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

    internal DecodedAhead(IMp3Decoder decoder, InputBuffer input, SongPlayerSettings settings, Action<string> notice)
    {
        _decoder = decoder;
        _input = input;
        _settings = settings;
        _notice = notice;
    }

    internal StagedPcm Staged { get; } = new();

    /// <summary>Bytes of the present song that make a second.</summary>
    internal double BytesPerSecond => _rate.BytesPerSecond;

    /// <summary>Nothing will come after what is staged.</summary>
    internal bool InputEnded { get; private set; }

    /// <summary>Whether anything that was played, or is staged, had a sound.</summary>
    internal bool AnySound { get; private set; }

    /// <summary>Enough to begin with: the threshold, or all there is of a song.</summary>
    internal bool IsEnough => InputEnded || Staged.Duration >= _settings.StartThreshold || (!Staged.IsEmpty && Staged.First.Song != _song);

    /// <summary>Forgets everything; what comes now is another place of the song with this number.</summary>
    internal void GoElsewhere(int generation, int song)
    {
        (_generation, _song) = (generation, song);
        // It may be the very end of a song, after its last sound.
        _mustSound = false;
        InputEnded = false;
        Staged.Clear();
        _rate.BeginAnew();
        _padding.Seek(song);
        _decoder.Reset();
    }

    /// <summary>Decodes until the threshold is there or no more bytes are.</summary>
    /// <returns>False when the player was restarted meanwhile: the next bytes must not reach the decoder before it was reset.</returns>
    internal bool Fill()
    {
        while (Staged.Duration < _settings.StartThreshold || Staged.IsEmpty)
        {
            if (Decode())
                continue;
            var state = _input.Read(_feed, _generation, out var read);
            // An end that was seen may be taken back: what is read now says whether it still holds.
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
        _rate.BeginAnew();
        _decoder.BeginNext();
    }
}
