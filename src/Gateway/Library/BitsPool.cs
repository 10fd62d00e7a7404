namespace TspActors.Gateway.Library;

/// <summary>A pool of sets for searches. The sets are large, so they are reused.</summary>
/// <remarks>Not thread-safe: the library calls it under its lock.</remarks>
internal sealed class BitsPool
{
    private const int MostKept = 16;

    private readonly Stack<Bits> _free = new();

    /// <summary>Returns an empty set with a capacity of <paramref name="length"/> ordinals.</summary>
    public Bits Rent(int length)
    {
        if (!_free.TryPop(out var bits))
            return new Bits(length);
        bits.Clear(length);
        return bits;
    }

    /// <summary>Puts a set that is no longer in use back into the pool.</summary>
    public void Return(Bits bits)
    {
        if (_free.Count < MostKept)
            _free.Push(bits);
    }
}
