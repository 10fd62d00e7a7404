namespace TspActors.Media.Folders;

/// <summary>Gathers paths to which something happened until they are quiet. Bounded: when there are too many it only remembers that.</summary>
/// <remarks>May be used from several threads.</remarks>
public sealed class TouchedPaths(TimeSpan quietTime, int maxPending, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _touched = new(StringComparer.Ordinal);
    private bool _overflowed;

    /// <summary>Something happened to a path.</summary>
    /// <returns>True when nothing was waiting before: whoever takes the paths may have to be woken.</returns>
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

    /// <summary>More happened than can be remembered, or than was told.</summary>
    /// <returns>As <see cref="Touch"/>.</returns>
    public bool TouchEverything()
    {
        lock (_gate)
        {
            var wasEmpty = _touched.Count == 0 && !_overflowed;
            Overflow();
            return wasEmpty;
        }
    }

    /// <summary>Takes out the paths that are quiet.</summary>
    public TouchedBatch TakeQuiet()
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

/// <summary>Paths to look at again.</summary>
/// <param name="Paths">Files and folders that came, changed or went, and have been quiet since.</param>
/// <param name="Everything">Too much happened: everything is to be looked at.</param>
/// <param name="HasMore">Others are not quiet yet.</param>
public sealed record TouchedBatch(IReadOnlyList<string> Paths, bool Everything, bool HasMore);
