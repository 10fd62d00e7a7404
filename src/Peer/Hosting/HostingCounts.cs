using TspActors.Protocol;

namespace TspActors.Peer.Hosting;

/// <summary>Counts a host's streams, refusals and sent bytes since the host was started. Thread-safe.</summary>
internal sealed class HostingCounts
{
    /// <summary>The reasons for refusing a stream.</summary>
    public static readonly IReadOnlyList<ErrorCode> Reasons =
        [ErrorCode.Busy, ErrorCode.Forbidden, ErrorCode.RateLimited, ErrorCode.ShuttingDown];

    private readonly long[] _refused = new long[(int)Reasons.Max() + 1];
    private long _streams;
    private long _sentBytes;

    /// <summary>The number of streams that were admitted.</summary>
    public long Streams => Interlocked.Read(ref _streams);

    /// <summary>The number of bytes of songs and live feeds that were handed to connections.</summary>
    public long SentBytes => Interlocked.Read(ref _sentBytes);

    /// <summary>Returns the number of streams that were refused for this reason.</summary>
    public long Refused(ErrorCode reason) => Interlocked.Read(ref _refused[(int)reason]);

    internal void AddStream() => Interlocked.Increment(ref _streams);

    internal void AddSentBytes(long bytes) => Interlocked.Add(ref _sentBytes, bytes);

    /// <param name="reason">One of <see cref="Reasons"/>.</param>
    internal void AddRefused(ErrorCode reason) => Interlocked.Increment(ref _refused[(int)reason]);
}
