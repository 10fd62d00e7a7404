namespace TspActors.Protocol;

/// <summary>
/// Compares song ids, or the numbers of song id blocks, in hash tables. Its hash codes are unpredictable: peers offer ids, so strangers
/// could otherwise choose ids that all fall into one bucket.
/// </summary>
public sealed class SongIdComparer : IEqualityComparer<int>
{
    public static readonly SongIdComparer Instance = new();

    private SongIdComparer()
    {
    }

    public bool Equals(int x, int y) => x == y;

    public int GetHashCode(int id) => KeyedHashCode.Of((uint)id, 0);
}
