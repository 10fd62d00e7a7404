namespace TspActors.Playback.Outputs;

/// <summary>
/// An output that plays through a device. While no device is available, it plays silently at the same pace and looks for a device at
/// intervals, so that an unplugged device or a restarted sound server does not end the song.
/// </summary>
/// <remarks>
/// A separate thread looks for the device, because a hanging sound server may not respond for a long time. Once a device is found, only
/// the thread that uses this output uses the device.
/// </remarks>
internal sealed class FallbackOutput : IAudioOutput
{
    private readonly Func<IAudioOutput> _newDevice;
    private readonly TimeSpan _retry;
    private readonly TimeProvider _time;
    private readonly Action<string> _notify;
    private readonly Func<Func<Found?>, Task<Found?>> _runSearch;
    private IAudioOutput _output;
    private PcmFormat _format;
    private bool _isSilent;
    private long _searchedAt;
    private Task<Found?>? _search;

    /// <param name="newDevice">Creates the device's output without opening it. It may throw <see cref="AudioOutputException"/>.</param>
    /// <param name="retry">How long to wait before each search for a device.</param>
    /// <param name="time">The clock for silent playback.</param>
    /// <param name="notify">Called when the device is lost, and when a device is found.</param>
    /// <param name="startSilent">Whether to start without a device.</param>
    /// <param name="runSearch">Runs a search for a device; null = each search runs on its own thread.</param>
    internal FallbackOutput(
        Func<IAudioOutput> newDevice, TimeSpan retry, TimeProvider time, Action<string> notify, bool startSilent = false,
        Func<Func<Found?>, Task<Found?>>? runSearch = null)
    {
        _newDevice = newDevice;
        _retry = retry;
        _time = time;
        _notify = notify;
        _runSearch = runSearch ?? RunOnOwnThread;
        _isSilent = startSilent;
        _searchedAt = time.GetTimestamp();
        _output = startSilent ? new NullOutput(time) : newDevice();
    }

    public string Name => _output.Name;

    public TimeSpan Latency => _output.Latency;

    public void Open(PcmFormat format)
    {
        _format = format;
        try
        {
            _output.Open(format);
        }
        catch (AudioOutputException lost) when (!_isSilent)
        {
            GoSilent(lost);
        }
    }

    public int Write(ReadOnlySpan<byte> pcm, CancellationToken interrupt)
    {
        if (_isSilent)
            SearchForDevice();
        try
        {
            return _output.Write(pcm, interrupt);
        }
        catch (AudioOutputException lost) when (!_isSilent)
        {
            GoSilent(lost);
            return _output.Write(pcm, interrupt);
        }
    }

    public bool Drain(CancellationToken interrupt)
    {
        try
        {
            return _output.Drain(interrupt);
        }
        catch (AudioOutputException lost) when (!_isSilent)
        {
            GoSilent(lost);
            return true;
        }
    }

    public void Drop() => Command(static output => output.Drop());

    public void Pause() => Command(static output => output.Pause());

    public void Resume() => Command(static output => output.Resume());

    public void Dispose()
    {
        _output.Dispose();
        // If a search is still running, any device that it finds is closed.
        _search?.ContinueWith(static search => search.Result?.Device.Dispose(), TaskContinuationOptions.OnlyOnRanToCompletion);
    }

    // The search does not use the thread pool, because a hanging sound server would block a pool thread.
    private static Task<Found?> RunOnOwnThread(Func<Found?> search) =>
        Task.Factory.StartNew(search, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Command(Action<IAudioOutput> command)
    {
        try
        {
            command(_output);
        }
        catch (AudioOutputException lost) when (!_isSilent)
        {
            GoSilent(lost);
            command(_output);
        }
    }

    private void GoSilent(AudioOutputException lost)
    {
        _output.Dispose();
        _output = new NullOutput(_time);
        _output.Open(_format);
        _isSilent = true;
        _searchedAt = _time.GetTimestamp();
        _notify($"{lost.Message} The song continues silently until a device is available.");
    }

    private void SearchForDevice()
    {
        if (_search is null)
        {
            if (_time.GetElapsedTime(_searchedAt) < _retry)
                return;
            var format = _format;
            _search = _runSearch(() => Search(format));
        }

        if (!_search.IsCompleted)
            return;
        var found = _search.GetAwaiter().GetResult();
        _search = null;
        _searchedAt = _time.GetTimestamp();
        if (found is not null)
            ComeBack(found);
    }

    private Found? Search(PcmFormat format)
    {
        IAudioOutput? device = null;
        try
        {
            device = _newDevice();
            device.Open(format);
            return new Found(device, format);
        }
        catch (AudioOutputException)
        {
            // There is still no device. The listener has already been notified.
            device?.Dispose();
            return null;
        }
    }

    private void ComeBack(Found found)
    {
        _output.Dispose();
        _output = found.Device;
        _isSilent = false;
        _notify($"The song now plays through {_output.Name}.");
        // The song's format may have changed during the search.
        if (found.Format != _format)
            Open(_format);
    }

    /// <summary>A device that was found and opened.</summary>
    internal sealed record Found(IAudioOutput Device, PcmFormat Format);
}
