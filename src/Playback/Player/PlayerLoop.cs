namespace TspActors.Playback.Player;

/// <summary>
/// The loop of a <see cref="SongPlayer"/>'s thread: it decodes a little ahead, writes to the output, and carries out requests in between.
/// </summary>
internal sealed class PlayerLoop
{
    private readonly SongPlayer _player;
    private readonly PlayerControl _control;
    private readonly AudioBackend _backend;
    private readonly InputBuffer _input;
    private readonly SongPlayerSettings _settings;
    private readonly byte[] _scaled = new byte[PcmBlock.Size];
    private PcmFormat? _openFormat;
    private int _generation;
    private bool _isRunning;
    private bool _isHeld;

    internal PlayerLoop(SongPlayer player, PlayerControl control, AudioBackend backend, InputBuffer input, SongPlayerSettings settings)
    {
        _player = player;
        _control = control;
        _backend = backend;
        _input = input;
        // An external program that plays the songs cannot mix them.
        _settings = backend.AppliesVolume ? settings : settings with { Crossfade = TimeSpan.Zero };
    }

    internal PlaybackEnd Play()
    {
        using var ahead = new DecodeAhead(
            _backend.CreateDecoder(_player.Notify), _input, _settings, _backend.AppliesVolume ? _control.CueOf : _ => SongCue.Plain,
            _player.Notify);
        using var output = CreateOutput();
        while (true)
        {
            var requests = _control.ReadRequests();
            // Closing the output drops its buffered sound.
            if (requests.Stop)
                return new PlaybackEnd.Stopped();

            if (requests.Generation != _generation)
                SeekTo(requests, ahead, output);
            if (HoldOrResume(requests.Pause, output))
            {
                _control.WaitForNews();
                continue;
            }

            if (!ahead.Fill())
                continue;
            _control.SetDecoded(ahead.Duration, ahead.BytesPerSecond, _generation);
            if (ahead.InputEnded && ahead.Queue.IsEmpty)
            {
                // If another song follows after all, the gap before it is not a stall.
                _isRunning = false;
                if (output.Drain(requests.Interrupt) && _control.TryEnd(_generation))
                    return Outcome(ahead);
            }
            else if (MayPlay(ahead))
            {
                PlayBlock(ahead.Queue, output, requests.Interrupt);
            }
            else
            {
                _player.Enter(PlaybackState.Buffering);
                _control.WaitForNews();
            }
        }
    }

    private IAudioOutput CreateOutput()
    {
        var output = _backend.CreateOutput(_player.Notify);
        return _backend.IsFile && _settings.Crossfade > TimeSpan.Zero ? new PacedOutput(output, TimeProvider.System) : output;
    }

    private void SeekTo(PlayerRequests requests, DecodeAhead ahead, IAudioOutput output)
    {
        _generation = requests.Generation;
        _isRunning = false;
        ahead.SeekTo(requests.Generation, requests.Song);
        output.Drop();
    }

    private bool HoldOrResume(bool pauseRequested, IAudioOutput output)
    {
        if (pauseRequested == _isHeld)
            return _isHeld;
        _isHeld = pauseRequested;
        if (_openFormat is not null && _isHeld)
            output.Pause();
        else if (_openFormat is not null)
            output.Resume();
        if (_isHeld)
        {
            _control.Advance(TimeSpan.Zero, output.Latency, _generation);
            _player.Enter(PlaybackState.Paused);
        }

        return _isHeld;
    }

    private bool MayPlay(DecodeAhead ahead)
    {
        if (_isRunning && ahead.Queue.IsEmpty)
        {
            _isRunning = false;
            _control.CountStall();
        }
        else if (!_isRunning)
        {
            _isRunning = ahead.IsEnough;
        }

        return _isRunning && !ahead.Queue.IsEmpty;
    }

    private void PlayBlock(PcmQueue queue, IAudioOutput output, CancellationToken interrupt)
    {
        var block = queue.First;
        if (block.Pending.IsEmpty)
        {
            // The entire block was padding. Some outputs treat an empty write as an error.
            queue.Advance(0);
            return;
        }

        if (_openFormat != block.Format)
        {
            output.Open(block.Format);
            _openFormat = block.Format;
        }

        _player.Enter(PlaybackState.Playing);
        _player.Reach(block.Song, _generation);
        var pcm = block.Pending;
        var volume = _player.Volume;
        if (volume != PcmVolume.Full && _backend.AppliesVolume)
        {
            PcmVolume.Scale(pcm, _scaled, volume);
            pcm = _scaled.AsSpan(0, pcm.Length);
        }

        var taken = output.Write(pcm, interrupt);
        queue.Advance(taken);
        _control.Advance(block.Format.DurationOf(taken), output.Latency, _generation);
    }

    private PlaybackEnd Outcome(DecodeAhead ahead) =>
        ahead.AnySound || _generation > 0
            ? new PlaybackEnd.Finished()
            : new PlaybackEnd.Failed("This song contains no MP3 audio.");
}
