namespace TspActors.Tracker.Clustering;

/// <summary>The term of the newest allocator of song ids that this tracker has heard of. Messages from earlier terms are ignored.</summary>
/// <remarks>
/// The term rises by one whenever an allocator begins, and by one more each time it has to try again. A message with a term far ahead would
/// make this tracker ignore all later allocators, so such a message is itself ignored. The first term after the start may have almost any
/// value.
/// </remarks>
internal sealed class AllocatorTerm
{
    /// <summary>The maximum by which a term may rise in one step.</summary>
    public const ulong MaxRise = 1000;

    /// <summary>The term; 0 = none yet.</summary>
    public ulong Current { get; private set; }

    /// <summary>Returns whether a message from this term is accepted; if so, remembers the term.</summary>
    public bool TryAdvance(ulong term)
    {
        if (term < Current || (Current > 0 && term - Current > MaxRise) || term > ulong.MaxValue - MaxRise)
            return false;
        Current = term;
        return true;
    }
}
