namespace TspActors.Peer.Tracking;

/// <summary>
/// Computes the delay before the next attempt. It doubles from the shortest to the longest delay, with random jitter of up to 50 % in
/// either direction.
/// </summary>
/// <remarks>The jitter keeps a thousand peers from returning to a restarted tracker at the same moment.</remarks>
internal sealed class Backoff(TimeSpan shortest, TimeSpan longest, Random random)
{
    private int _failures;

    public TimeSpan Next()
    {
        var doubled = shortest * Math.Pow(2, Math.Min(_failures++, 30));
        return (doubled < longest ? doubled : longest) * (0.5 + random.NextDouble());
    }

    public void Reset() => _failures = 0;
}
