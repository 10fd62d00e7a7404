using System.Runtime.InteropServices;
using NAudio;
using NAudio.Wave;

namespace TspActors.Playback.Windows;

/// <summary>A sound device of Windows, accessed through one of NAudio's players, which reads from a queue.</summary>
internal sealed class NAudioDevice : IWaveDevice
{
    private readonly BufferedWaveProvider _queue;
    private readonly IWavePlayer _player;
    private volatile string? _failure;

    /// <param name="format">The format of the samples.</param>
    /// <param name="buffer">The maximum playing time that the queue and the device together may buffer.</param>
    /// <param name="newPlayer">Creates the player, which may buffer the given time.</param>
    /// <exception cref="AudioOutputException">The device cannot be opened.</exception>
    internal NAudioDevice(PcmFormat format, TimeSpan buffer, Func<TimeSpan, IWavePlayer> newPlayer)
    {
        var half = buffer / 2;
        _queue = new BufferedWaveProvider(new WaveFormat(format.Rate, 16, format.Channels), half);
        Ahead = half;
        IWavePlayer? player = null;
        try
        {
            player = newPlayer(half);
            // The event is also raised after a normal end, but then no code reads the failure.
            player.PlaybackStopped += (_, stopped) => _failure = stopped.Exception?.Message ?? "the device has stopped";
            player.Init(_queue);
            player.Play();
            _player = player;
        }
        catch (Exception e) when (IsOfDevice(e))
        {
            player?.Dispose();
            throw new AudioOutputException(
                $"The sound device cannot be opened at {format.Rate} Hz, {(format.Channels == 1 ? "mono" : "stereo")}: {e.Message}.");
        }
    }

    public string? Failure => _failure;

    public int Room => _queue.BufferLength - _queue.BufferedBytes;

    public TimeSpan Queued => _queue.BufferedDuration;

    public TimeSpan Ahead { get; }

    public void Enqueue(ReadOnlySpan<byte> pcm) => _queue.AddSamples(pcm);

    public void Clear() => _queue.ClearBuffer();

    public void Pause() => Try(_player.Pause);

    public void Resume() => Try(_player.Play);

    // A device that is gone cannot be stopped, and does not have to be.
    public void Dispose() => Try(_player.Dispose);

    // WaveOut reports its errors by MmException, WASAPI by COMException, and both by the last one when something is in the wrong state.
    private static bool IsOfDevice(Exception error) => error is MmException or COMException or InvalidOperationException or ArgumentException;

    private void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (IsOfDevice(e))
        {
            _failure = e.Message;
        }
    }
}
