using System.Runtime.InteropServices;
using NAudio;
using NAudio.Wave;

namespace TspActors.Playback.Windows;

/// <summary>A Windows sound device, accessed through one of NAudio's players, which reads from a queue.</summary>
internal sealed class NAudioDevice : IWaveDevice
{
    /// <summary>
    /// How much sound a player reads from the queue at a time; <see cref="WaveDeviceOutput"/> refills the queue twice as often.
    /// </summary>
    internal static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    private readonly SampleQueue _queue;
    private readonly IWavePlayer _player;
    private volatile string? _failure;

    /// <param name="format">The format of the samples.</param>
    /// <param name="buffer">The maximum duration of the sound that the queue and the device together may buffer.</param>
    /// <param name="newPlayer">Creates the player, which may buffer sound of the given duration.</param>
    /// <exception cref="AudioOutputException">The device cannot be opened.</exception>
    internal NAudioDevice(PcmFormat format, TimeSpan buffer, Func<TimeSpan, IWavePlayer> newPlayer)
    {
        // The queue is as short as possible: when this program is late, the device keeps playing from its own buffer.
        var queued = buffer < 4 * Step ? buffer / 2 : 2 * Step;
        Ahead = buffer - queued;
        _queue = new SampleQueue(format, queued, queued / 2, Ahead / 2);
        IWavePlayer? player = null;
        try
        {
            player = newPlayer(Ahead);
            // The event is also raised after a normal end, but no code reads the failure then.
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

    // A device that is gone cannot be stopped, and need not be.
    public void Dispose() => Try(_player.Dispose);

    // WaveOut throws MmException, WASAPI throws COMException, and both throw the other exceptions if a state or an argument is wrong.
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
