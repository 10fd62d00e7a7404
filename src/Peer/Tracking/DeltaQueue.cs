using System.Diagnostics.CodeAnalysis;
using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>A bounded queue of broadcasts. If one does not fit, all of them are dropped, and the catalog must be listed again.</summary>
/// <param name="mostBytes">The maximum estimated memory of the broadcasts.</param>
internal sealed class DeltaQueue(long mostBytes)
{
    private const int MostDeltas = 1_000;

    private readonly Queue<CatalogDelta> _deltas = new();
    private long _bytes;

    /// <summary>True when a broadcast has been dropped since the last <see cref="Clear"/>.</summary>
    public bool HasOverflowed { get; private set; }

    /// <summary>True when no broadcast is waiting and none has been dropped.</summary>
    public bool IsEmpty => _deltas.Count == 0 && !HasOverflowed;

    /// <summary>Adds a broadcast.</summary>
    public void Enqueue(CatalogDelta delta)
    {
        _bytes += CatalogBounds.Weigh(delta);
        if (HasOverflowed || _bytes > mostBytes || _deltas.Count == MostDeltas)
        {
            Clear();
            HasOverflowed = true;
        }
        else
        {
            _deltas.Enqueue(delta);
        }
    }

    /// <summary>Removes the oldest broadcast.</summary>
    public bool TryDequeue([NotNullWhen(true)] out CatalogDelta? delta)
    {
        if (!_deltas.TryDequeue(out delta))
            return false;
        _bytes -= CatalogBounds.Weigh(delta);
        return true;
    }

    /// <summary>Removes all broadcasts.</summary>
    public void Clear()
    {
        _deltas.Clear();
        (_bytes, HasOverflowed) = (0, false);
    }
}
