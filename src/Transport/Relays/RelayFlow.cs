using TspActors.Transport.Limits;

namespace TspActors.Transport.Relays;

/// <summary>
/// One direction of a relayed pair of connections. Buffers the bytes read from one end until the limits let them pass to the other end.
/// </summary>
/// <param name="from">The end to read from.</param>
/// <param name="to">The end to write to.</param>
/// <param name="own">The limit for the pair, which both directions share.</param>
/// <param name="all">The limit for the entire relay.</param>
internal sealed class RelayFlow(RelayEnd from, RelayEnd to, TokenBucket own, RelayBudget all)
{
    private ReadOnlyMemory<byte> _held;

    /// <summary>Returns the two directions of a pair. They share the pair's rate, which the relay has reserved only once.</summary>
    /// <param name="first">One end.</param>
    /// <param name="second">The other end.</param>
    /// <param name="own">The limit for the pair.</param>
    /// <param name="all">The limit for the entire relay.</param>
    public static RelayFlow[] Pair(RelayEnd first, RelayEnd second, TokenBucket own, RelayBudget all) =>
        [new(first, second, own, all), new(second, first, own, all)];

    public RelayEnd From => from;

    public RelayEnd To => to;

    /// <summary>True if the end that this direction reads from will send nothing more.</summary>
    public bool HasEnded { get; set; }

    /// <summary>True if bytes are waiting for the limits to let them pass.</summary>
    public bool HoldsBytes => !_held.IsEmpty;

    /// <summary>Adds the bytes of one read. The previous bytes must have been taken.</summary>
    public void Add(ReadOnlyMemory<byte> bytes) => _held = bytes;

    /// <summary>Returns the bytes to send now; empty = they must wait.</summary>
    public ReadOnlyMemory<byte> Take(TimeSpan now, out TimeSpan wait)
    {
        wait = own.WaitFor(_held.Length, now);
        if (wait == TimeSpan.Zero)
            wait = all.TrySpend(_held.Length, now);
        if (wait > TimeSpan.Zero)
            return default;
        own.Spend(_held.Length);
        var bytes = _held;
        _held = default;
        return bytes;
    }
}
