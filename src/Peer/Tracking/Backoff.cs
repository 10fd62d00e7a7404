namespace TspActors.Peer.Tracking;

/// <summary>
/// How long to wait before the next try: doubles from a shortest to a longest wait, each up to half longer or shorter by chance.
/// </summary>
/// <remarks>The chance keeps a thousand peers from coming back to a restarted tracker in the same moment.</remarks>
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
