namespace TspActors.Playback;

/// <summary>The loop of a <see cref="SongPlayer"/>'s thread: decode a little ahead, write to the output, obey the callers in between.</summary>
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
    private bool _running;
    private bool _held;

    internal PlayerLoop(SongPlayer player, PlayerControl control, AudioBackend backend, InputBuffer input, SongPlayerSettings settings)
    {
        _player = player;
        _control = control;
        _backend = backend;
        _input = input;
        _settings = settings;
    }

    internal PlaybackEnd Play()
    {
        using var ahead = new DecodeAhead(_backend.CreateDecoder(_player.Notify), _input, _settings, _player.Notify);
        using var output = _backend.CreateOutput(_player.Notify);
        while (true)
        {
            var requests = _control.ReadRequests();
            // Closing the output drops what it holds.
            if (requests.Stop)
                return new PlaybackEnd.Stopped();

            if (requests.Generation != _generation)
                SeekTo(requests, ahead, output);
            if (IsHeld(requests.Pause, output))
            {
                _control.WaitForNews();
                continue;
            }

            if (!ahead.Fill())
                continue;
            _control.Staged(ahead.Staged.Duration, ahead.BytesPerSecond, _generation);
            if (ahead.InputEnded && ahead.Staged.IsEmpty)
            {
                // If another song follows after all, the sound has not run dry.
                _running = false;
                if (output.Drain(requests.Interrupt) && _control.TryEnd(_generation))
                    return Outcome(ahead);
            }
            else if (MayPlay(ahead))
            {
                PlayBlock(ahead.Staged, output, requests.Interrupt);
            }
            else
            {
                _player.Enter(PlaybackState.Buffering);
                _control.WaitForNews();
            }
        }
    }

    private void SeekTo(PlayerControl.PlayerRequests requests, DecodeAhead ahead, IAudioOutput output)
    {
        _generation = requests.Generation;
        _running = false;
        ahead.SeekTo(requests.Generation, requests.Song);
        output.Drop();
    }

    private bool IsHeld(bool pauseRequested, IAudioOutput output)
    {
        if (pauseRequested == _held)
            return _held;
        _held = pauseRequested;
        if (_openFormat is not null && _held)
            output.Pause();
        else if (_openFormat is not null)
            output.Resume();
        if (_held)
        {
            _control.Heard(TimeSpan.Zero, output.Latency, _generation);
            _player.Enter(PlaybackState.Paused);
        }

        return _held;
    }

    private bool MayPlay(DecodeAhead ahead)
    {
        if (_running && ahead.Staged.IsEmpty)
        {
            _running = false;
            _control.CountStall();
        }
        else if (!_running)
        {
            _running = ahead.IsEnough;
        }

        return _running && !ahead.Staged.IsEmpty;
    }

    private void PlayBlock(StagedPcm staged, IAudioOutput output, CancellationToken interrupt)
    {
        var block = staged.First;
        if (_openFormat != block.Format)
        {
            output.Open(block.Format);
            _openFormat = block.Format;
        }

        _player.Enter(PlaybackState.Playing);
        _player.Reach(block.Song, _generation);
        var pcm = block.Unheard;
        var volume = _player.Volume;
        if (volume != PcmVolume.Full && _backend.AppliesVolume)
        {
            PcmVolume.Scale(pcm, _scaled, volume);
            pcm = _scaled.AsSpan(0, pcm.Length);
        }

        var taken = output.Write(pcm, interrupt);
        staged.Advance(taken);
        _control.Heard(block.Format.DurationOf(taken), output.Latency, _generation);
    }

    private PlaybackEnd Outcome(DecodeAhead ahead) =>
        ahead.AnySound || _generation > 0
            ? new PlaybackEnd.Finished()
            : new PlaybackEnd.Failed("There is no MP3 sound in this song.");
}
