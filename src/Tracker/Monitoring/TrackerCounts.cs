using System.Text.Json;
using TspActors.Protocol;
using TspActors.Transport.Relays;

namespace TspActors.Tracker.Monitoring;

/// <summary>A tracker's counters since it started. Updating them costs next to nothing. Thread-safe.</summary>
public sealed class TrackerCounts
{
    private static readonly int Operations = Enum.GetValues<Operation>().Length;
    private static readonly string[] OperationNames =
        [.. Enum.GetValues<Operation>().Select(operation => Snake($"{operation}")), "search", "other"];
    private static readonly string[] CodeNames = [.. Enum.GetValues<ErrorCode>().Select(code => Snake($"{code}"))];

    // Codes that a tracker does not use for refusals: ordinary replies, and codes that only hosts send.
    private static readonly ErrorCode[] NoRefusals =
        [ErrorCode.Unknown, ErrorCode.Replaced, ErrorCode.UnknownSong, ErrorCode.NoHost, ErrorCode.SongChanged];

    private readonly long[] _requests = new long[OperationNames.Length];
    private readonly long[] _rejected = new long[CodeNames.Length];
    private long _songsRefused;
    private long _broadcasts;
    private long _broadcastBytes;
    private int _peers;
    private int _securePeers;
    private int _unreachablePeers;

    /// <summary>The number of registered peers.</summary>
    public int Peers
    {
        get => Volatile.Read(ref _peers);
        set => Volatile.Write(ref _peers, value);
    }

    /// <summary>The number of registered peers that use TLS, and whose id is the id of their key.</summary>
    public int SecurePeers
    {
        get => Volatile.Read(ref _securePeers);
        set => Volatile.Write(ref _securePeers, value);
    }

    /// <summary>The number of registered peers whose port could not be reached.</summary>
    public int UnreachablePeers
    {
        get => Volatile.Read(ref _unreachablePeers);
        set => Volatile.Write(ref _unreachablePeers, value);
    }

    /// <summary>The counters of the tracker's own relay.</summary>
    public RelayCounts Relay { get; } = new();

    /// <summary>The number of broadcasts so far.</summary>
    public long Broadcasts => Interlocked.Read(ref _broadcasts);

    /// <summary>The number of bytes in all broadcasts, counted once per recipient.</summary>
    public long BroadcastBytes => Interlocked.Read(ref _broadcastBytes);

    /// <summary>The number of received frames by operation; a LIST with a query counts as "search".</summary>
    public IEnumerable<KeyValuePair<string, long>> Requests => Named(OperationNames, _requests);

    /// <summary>
    /// The number of requests and connections refused with an ERROR, by error code, and the number of refused songs ("song").
    /// </summary>
    public IEnumerable<KeyValuePair<string, long>> Rejected =>
        Named(CodeNames, _rejected).Where((_, code) => !NoRefusals.Contains((ErrorCode)code)).Append(
            new KeyValuePair<string, long>("song", Interlocked.Read(ref _songsRefused)));

    /// <summary>Receives the operation and duration of each timed request; <see cref="TrackerInstruments"/> sets it.</summary>
    internal Action<int, TimeSpan>? Timed { get; set; }

    /// <summary>
    /// Returns the index of an operation for <see cref="AddRequests"/> and <see cref="Timed"/>. Unknown operations share the last
    /// index.
    /// </summary>
    internal static int IndexOf(Operation operation) => (int)operation < Operations ? (int)operation : OperationNames.Length - 1;

    /// <summary>The index of a LIST with a query. A search is a different kind of work, so it is counted separately.</summary>
    internal static int Search => Operations;

    internal static string NameOf(int operation) => OperationNames[operation];

    internal static int OperationCount => OperationNames.Length;

    internal void AddRequests(int operation, int count) => Interlocked.Add(ref _requests[operation], count);

    internal void AddRejected(ErrorCode code) => Interlocked.Increment(ref _rejected[(int)code]);

    internal void AddRefusedSongs(int count)
    {
        if (count > 0)
            Interlocked.Add(ref _songsRefused, count);
    }

    internal void AddBroadcast(int bytes, int peers)
    {
        Interlocked.Increment(ref _broadcasts);
        Interlocked.Add(ref _broadcastBytes, (long)bytes * peers);
    }

    private static IEnumerable<KeyValuePair<string, long>> Named(string[] names, long[] values) =>
        names.Select((name, index) => new KeyValuePair<string, long>(name, Interlocked.Read(ref values[index])));

    private static string Snake(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}
