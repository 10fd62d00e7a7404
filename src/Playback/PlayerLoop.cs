namespace TspActors.Playback;

/// <summary>What a <see cref="SongPlayer"/>'s thread does: decode a little ahead, hand it to the output, obey the callers in between.</summary>
internal sealed class PlayerLoop
{
    private const int FeedSize = 4096;

    private readonly SongPlayer _player;
    private readonly AudioBackend _backend;
    private readonly InputBuffer _input;
    private readonly TimeSpan _startThreshold;
    private readonly StagedPcm _staged = new();
    private readonly byte[] _feed = new byte[FeedSize];
    private readonly byte[] _scaled = new byte[PcmBlock.Size];
    private PcmFormat? _openFormat;
    private int _generation;
    private bool _running;
    private bool _held;
    private bool _inputEnded;
    private bool _anySound;

    internal PlayerLoop(SongPlayer player, AudioBackend backend, InputBuffer input, TimeSpan startThreshold)
    {
        _player = player;
        _backend = backend;
        _input = input;
        _startThreshold = startThreshold;
    }

    internal PlaybackEnd Play()
    {
        using var decoder = _backend.CreateDecoder(_player.Notify);
        using var output = _backend.CreateOutput(_player.Notify);
        while (true)
        {
            var wishes = _player.TakeWishes();
            if (wishes.Stop)
            {
                output.Drop();
                return new PlaybackEnd.Stopped();
            }

            if (wishes.Generation != _generation)
                GoElsewhere(wishes.Generation, decoder, output);
            if (IsHeld(wishes.Pause, output))
            {
                _player.WaitForNews();
                continue;
            }

            if (!DecodeAhead(decoder))
                continue;
            if (_inputEnded && _staged.IsEmpty)
            {
                if (output.Drain(wishes.Interrupt) && _player.TryEnd(_generation))
                    return HowItEnded();
            }
            else if (MayPlay())
            {
                PlayBlock(output, wishes.Interrupt);
            }
            else
            {
                _player.Enter(PlaybackState.Buffering);
                _player.WaitForNews();
            }
        }
    }

    private void GoElsewhere(int generation, IMp3Decoder decoder, IAudioOutput output)
    {
        _generation = generation;
        decoder.Reset();
        output.Drop();
        _staged.Clear();
        _running = _inputEnded = false;
    }

    private bool IsHeld(bool pauseWanted, IAudioOutput output)
    {
        if (pauseWanted == _held)
            return _held;
        _held = pauseWanted;
        if (_openFormat is not null && _held)
            output.Pause();
        else if (_openFormat is not null)
            output.Resume();
        if (_held)
            _player.Enter(PlaybackState.Paused);
        return _held;
    }

    // False when the song was restarted meanwhile: the next bytes must not reach the decoder before it was reset.
    private bool DecodeAhead(IMp3Decoder decoder)
    {
        while (_staged.Duration < _startThreshold || _staged.IsEmpty)
        {
            var block = _staged.Rent();
            var step = decoder.Read(block.Bytes, out var written);
            if (step == DecodeStep.Pcm)
            {
                (block.Format, block.Start, block.End) = (decoder.Format, 0, written);
                _staged.Add(block);
                _anySound = true;
                continue;
            }

            _staged.Return(block);
            if (step == DecodeStep.NewFormat)
                continue;
            switch (_input.Read(_feed, _generation, out var read))
            {
                case InputState.Bytes:
                    decoder.Feed(_feed.AsSpan(0, read));
                    break;
                case InputState.Completed when !_inputEnded:
                    _inputEnded = true;
                    decoder.Complete();
                    break;
                case InputState.Stale:
                    return false;
                default:
                    return true;
            }
        }

        return true;
    }

    private bool MayPlay()
    {
        if (_running && _staged.IsEmpty)
        {
            _running = false;
            _player.CountStall();
        }
        else if (!_running)
        {
            _running = _inputEnded || _staged.Duration >= _startThreshold;
        }

        return _running && !_staged.IsEmpty;
    }

    private void PlayBlock(IAudioOutput output, CancellationToken interrupt)
    {
        var block = _staged.First;
        if (_openFormat != block.Format)
        {
            output.Open(block.Format);
            _openFormat = block.Format;
        }

        _player.Enter(PlaybackState.Playing);
        var pcm = block.Unheard;
        var volume = _player.Volume;
        if (volume != PcmVolume.Full && _backend.AppliesVolume)
        {
            PcmVolume.Scale(pcm, _scaled, volume);
            pcm = _scaled.AsSpan(0, pcm.Length);
        }

        var taken = output.Write(pcm, interrupt);
        _staged.Advance(taken);
        _player.Heard(block.Format.DurationOf(taken), _generation);
    }

    private PlaybackEnd HowItEnded() =>
        _anySound || _generation > 0
            ? new PlaybackEnd.Finished()
            : new PlaybackEnd.Failed("There is no MP3 sound in this song.");
}
