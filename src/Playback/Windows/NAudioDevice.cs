using System.Runtime.InteropServices;
using NAudio;
using NAudio.Wave;

namespace TspActors.Playback.Windows;

/// <summary>A sound device of Windows, accessed through one of NAudio's players, which reads from a queue.</summary>
internal sealed class NAudioDevice : IWaveDevice
{
    /// <summary>What a player takes from the queue at a time, and how often <see cref="WaveDeviceOutput"/> fills it up.</summary>
    internal static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    private readonly SampleQueue _queue;
    private readonly IWavePlayer _player;
    private volatile string? _failure;

    /// <param name="format">The format of the samples.</param>
    /// <param name="buffer">The maximum playing time that the queue and the device together may buffer.</param>
    /// <param name="newPlayer">Creates the player, which may buffer the given time.</param>
    /// <exception cref="AudioOutputException">The device cannot be opened.</exception>
    internal NAudioDevice(PcmFormat format, TimeSpan buffer, Func<TimeSpan, IWavePlayer> newPlayer)
    {
        // The queue is only as long as it must be, as the device goes on from what it holds itself when this program is late.
        var queued = buffer < 4 * Step ? buffer / 2 : 2 * Step;
        Ahead = buffer - queued;
        _queue = new SampleQueue(format, queued, queued / 2, Ahead / 2);
        IWavePlayer? player = null;
        try
        {
            player = newPlayer(Ahead);
            // The event is also raised after a normal end, but then no code reads the failure.
            player.PlaybackStopped += (_, stopped) => _failure = stopped.Exception is { } error ? Text(error) : "the device has stopped";
            player.Init(_queue);
            player.Play();
            _player = player;
        }
        catch (Exception e) when (IsOfDevice(e))
        {
            player?.Dispose();
            throw new AudioOutputException(
                $"The sound device cannot be opened at {format.Rate} Hz, {(format.Channels == 1 ? "mono" : "stereo")}: {Text(e)}.");
        }
    }

    public string? Failure => _failure;

    public int Room => _queue.Room;

    public TimeSpan Queued => _queue.Queued;

    public TimeSpan Ahead { get; }

    public void Enqueue(ReadOnlySpan<byte> pcm) => _queue.Add(pcm);

    public void Clear() => _queue.Clear();

    public void Pause() => Try(_player.Pause);

    public void Resume() => Try(_player.Play);

    // A device that is gone cannot be stopped, and does not have to be.
    public void Dispose() => Try(_player.Dispose);

    // WaveOut reports its errors by MmException, WASAPI by COMException, and both by the last one when something is in the wrong state.
    private static bool IsOfDevice(Exception error) =>
        error is MmException or COMException or InvalidOperationException or ArgumentException;

    // The message becomes part of a sentence.
    private static string Text(Exception error) => error.Message.TrimEnd('.', ' ');

    private void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (IsOfDevice(e))
        {
            _failure = Text(e);
        }
    }
}
