using TspActors.Mpeg;

namespace TspActors.Playback.Player;

/// <summary>Decodes a little ahead of the output, song after song, and queues the samples. Only the player's thread uses it.</summary>
internal sealed class DecodeAhead : IDisposable
{
    private const int FeedSize = 4096;

    // Audio that is needed only for a crossfade is decoded in small steps, so that the output and requests need not wait: 32 blocks are
    // 0.8 s of audio, which even a slow decoder decodes in about 20 ms.
    private const int BlocksAtOnce = 32;

    // A crossfade begins this long after the end of the song has been decoded, so that there is time to decode the start of the next song.
    private static readonly TimeSpan FadeMargin = TimeSpan.FromSeconds(2);

    private readonly IMp3Decoder _decoder;
    private readonly InputBuffer _input;
    private readonly SongPlayerSettings _settings;
    private readonly Func<int, SongCue> _cueOf;
    private readonly Action<string> _notify;
    private readonly ByteRate _rate = new();
    private readonly Mp3EndPadding _padding = new();
    private readonly byte[] _feed = new byte[FeedSize];
    private readonly FadeBuffer _fade;
    private TimeSpan _ofSong;
    private int _generation;
    private int _song;
    private SongCue? _cue;
    private bool _mustSound = true;

    /// <param name="decoder">The decoder.</param>
    /// <param name="input">The bytes of the songs.</param>
    /// <param name="settings">How much to decode.</param>
    /// <param name="cueOf">Returns a song's cue. Called once the song's first bytes have arrived.</param>
    /// <param name="notify">Receives notices for the listener.</param>
    internal DecodeAhead(
        IMp3Decoder decoder, InputBuffer input, SongPlayerSettings settings, Func<int, SongCue> cueOf, Action<string> notify)
    {
        _cueOf = cueOf;
        _fade = new FadeBuffer(Queue);
        _decoder = decoder;
        _input = input;
        _settings = settings;
        _notify = notify;
    }

    internal PcmQueue Queue { get; } = new();

    /// <summary>The playing time of all decoded audio.</summary>
    internal TimeSpan Duration => Queue.Duration + _fade.Duration;

    /// <summary>The estimated number of bytes of the current song that make up one second of audio.</summary>
    internal double BytesPerSecond => _rate.BytesPerSecond;

    /// <summary>Whether no more samples follow the queued ones.</summary>
    internal bool InputEnded { get; private set; }

    /// <summary>Whether any audio has been decoded so far.</summary>
    internal bool AnySound { get; private set; }

    /// <summary>Whether enough is queued to start: the threshold, or the rest of a song.</summary>
    internal bool IsEnough => InputEnded || Queue.Duration >= _settings.StartThreshold || (!Queue.IsEmpty && Queue.First.Song != _song);

    private bool MustDecode => !_fade.IsOpen && (Queue.Duration < _settings.StartThreshold || Queue.IsEmpty);

    private bool MayDecode => _settings.Crossfade > TimeSpan.Zero
        && (_fade.IsOpen ? !_fade.IsReady : Queue.Duration < _settings.Crossfade + FadeMargin);

    /// <summary>Drops all audio. The next bytes come from a different position in the given song.</summary>
    internal void SeekTo(int generation, int song)
    {
        (_generation, _song, _cue) = (generation, song, null);
        // The new position may be the very end of the song, so there may be no more audio.
        _mustSound = false;
        InputEnded = false;
        _ofSong = TimeSpan.Zero;
        Queue.Clear();
        _fade.Clear();
        _rate.Reset();
        _padding.Seek(song);
        _decoder.Reset();
    }

    /// <summary>Decodes until the threshold is queued or no input is left, and a little more if there are crossfades.</summary>
    /// <returns>False if a seek has happened. The decoder must then be reset before it receives the next bytes.</returns>
    internal bool Fill()
    {
        var isCurrent = DecodeSome();
        if (!_fade.IsOpen)
            return isCurrent;
        if (_fade.IsReady)
            _fade.Finish(isWhole: false);
        // The next song is late, so the crossfade becomes shorter to keep playback from stalling.
        else if (Queue.Duration < _settings.StartThreshold)
            _fade.Release(_settings.StartThreshold - Queue.Duration);
        return isCurrent;
    }

    public void Dispose() => _decoder.Dispose();

    private bool DecodeSome()
    {
        for (var more = BlocksAtOnce; MustDecode || (MayDecode && more > 0);)
        {
            if (Decode())
            {
                more--;
                continue;
            }

            var state = _input.Read(_feed, _generation, out var read);
            // An earlier end of the input may have been withdrawn. This read shows whether it still applies.
            InputEnded &= state is InputState.Completed or InputState.NextSong;
            switch (state)
            {
                case InputState.Bytes:
                    if (_rate.AddBytes(read))
                        _input.Limit = (int)Math.Min(
                            _settings.InputBufferBytes, _rate.BytesPerSecond * _settings.InputBufferTime.TotalSeconds);
                    _padding.Feed(_feed.AsSpan(0, read));
                    _decoder.Feed(_feed.AsSpan(0, read));
                    break;
                case InputState.NextSong:
                    BeginNextSong();
                    break;
                case InputState.Completed when !InputEnded:
                    InputEnded = true;
                    _decoder.Complete();
                    EndSong();
                    break;
                case InputState.Stale:
                    return false;
                default:
                    return true;
            }
        }

        return true;
    }

    private bool Decode()
    {
        var block = Queue.Rent();
        var step = _decoder.Read(block.Bytes, out var written);
        if (step != DecodeStep.Pcm)
        {
            Queue.Return(block);
            return step == DecodeStep.NewFormat;
        }

        (block.Format, block.Song, block.Start, block.End) = (_decoder.Format, _song, 0, written);
        var cue = _cue ??= _cueOf(_song);
        if (cue.Gain != SongCue.Plain.Gain)
            PcmGain.Apply(block.Bytes.AsSpan(0, written), cue.Gain);
        if (_fade.IsOpen)
            _fade.Add(block, cue.Fade);
        else
            Queue.Enqueue(block);
        _ofSong += block.Duration;
        _rate.AddDecoded(_decoder.Format.DurationOf(written));
        AnySound = true;
        _mustSound = false;
        return true;
    }

    private void BeginNextSong()
    {
        if (_mustSound)
            _notify("A song in the queue contains no MP3 audio. It was skipped.");
        if (!InputEnded)
            EndSong();
        // At most half of a song fades out. The next song's cue, known once that song's first bytes arrive, may ask for a shorter
        // crossfade.
        var half = _ofSong / 2;
        _fade.Begin(_song, half < _settings.Crossfade ? half : _settings.Crossfade);
        _ofSong = TimeSpan.Zero;
        _song++;
        _cue = null;
        _mustSound = true;
        InputEnded = false;
        _padding.BeginSong(_song);
        _rate.Reset();
        _decoder.BeginNext();
    }

    // Trims the end of the song. If the entire song fits into the crossfade at its start, the crossfade is finished with the samples
    // decoded so far.
    private void EndSong()
    {
        if (!_fade.IsOpen)
        {
            Queue.TrimEnd(_song, _padding.ToTrim);
            return;
        }

        _fade.TrimEnd(_song, _padding.ToTrim);
        _fade.Finish(isWhole: true);
    }
}
