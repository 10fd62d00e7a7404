using TspActors.Tracker.Members;

namespace TspActors.Tracker;

/// <summary>The tracker's settings, a few of which can change when the configuration is reloaded. Thread-safe.</summary>
internal sealed class LiveSettings
{
    private readonly Lock _gate = new();
    private readonly bool _canHaveMembers;
    private readonly bool _isVerbose;
    private TrackerSettings _current;
    private Action<TrackerSettings>? _follower;

    /// <param name="started">The settings that the program was started with.</param>
    /// <param name="isVerbose">Whether the --verbose option sets the log level.</param>
    public LiveSettings(TrackerSettings started, bool isVerbose)
    {
        (_current, _isVerbose) = (started, isVerbose);
        _canHaveMembers = Membership.CanHaveMembers(started);
    }

    /// <summary>The settings in effect.</summary>
    public TrackerSettings Current
    {
        get
        {
            lock (_gate)
                return _current;
        }
    }

    /// <summary>Returns whether a setting can change while the tracker runs.</summary>
    public bool IsLive(string key) => key switch
    {
        "tsp.tracker.allow" => _canHaveMembers,
        "tsp.tracker.log-level" => !_isVerbose,
        _ => false,
    };

    /// <summary>Applies the given settings that can change while the tracker runs; ignores the others.</summary>
    public void Apply(TrackerSettings read)
    {
        lock (_gate)
        {
            _current = _current with
            {
                AllowedMembers = IsLive("tsp.tracker.allow") ? read.AllowedMembers : _current.AllowedMembers,
                LogLevel = read.LogLevel,
            };
            _follower?.Invoke(_current);
        }
    }

    /// <summary>Calls <paramref name="apply"/> now and after every change; null stops the calls.</summary>
    public void Follow(Action<TrackerSettings>? apply)
    {
        lock (_gate)
        {
            _follower = apply;
            apply?.Invoke(_current);
        }
    }
}
