namespace TspActors.Media.Folders;

/// <summary>
/// A bounded collection of changed paths that returns each path after it has been quiet for a while. After an overflow, the collection
/// reports only that everything may have changed.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed class TouchedPaths(TimeSpan quietTime, int maxPending, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _touched = new(StringComparer.Ordinal);
    private bool _overflowed;

    /// <summary>Adds a path that has changed.</summary>
    /// <returns>True when nothing was waiting before, so the consumer may need to be woken.</returns>
    public bool Touch(string path)
    {
        lock (_gate)
        {
            var wasEmpty = _touched.Count == 0 && !_overflowed;
            if (_overflowed)
                return false;
            _touched[path] = time.GetTimestamp();
            if (_touched.Count > maxPending)
                Overflow();
            return wasEmpty;
        }
    }

    /// <summary>Records that everything may have changed, because events were lost.</summary>
    /// <returns>True when nothing was waiting before.</returns>
    public bool TouchEverything()
    {
        lock (_gate)
        {
            var wasEmpty = _touched.Count == 0 && !_overflowed;
            Overflow();
            return wasEmpty;
        }
    }

    /// <summary>Removes and returns the paths that are quiet.</summary>
    public TouchedBatch DequeueQuiet()
    {
        lock (_gate)
        {
            var everything = _overflowed;
            _overflowed = false;
            var quiet = _touched.Where(touched => time.GetElapsedTime(touched.Value) >= quietTime).Select(touched => touched.Key).ToList();
            foreach (var path in quiet)
                _touched.Remove(path);
            return new TouchedBatch(quiet, everything, _touched.Count > 0);
        }
    }

    private void Overflow()
    {
        _touched.Clear();
        _overflowed = true;
    }
}

/// <summary>Paths to scan again.</summary>
/// <param name="Paths">The files and folders that have appeared, changed or disappeared, and are now quiet.</param>
/// <param name="Everything">True when events were lost or too many paths were waiting, so everything must be scanned.</param>
/// <param name="HasMore">True when more paths are waiting to become quiet.</param>
public sealed record TouchedBatch(IReadOnlyList<string> Paths, bool Everything, bool HasMore);
