namespace TspActors.Gateway.Library;

/// <summary>The new ordinals that the tables assigned when they were compacted; -1 = the item has been forgotten.</summary>
/// <param name="Songs">The new ordinals of the songs.</param>
/// <param name="Albums">The new ordinals of the albums.</param>
/// <param name="Artists">The new ordinals of the artists.</param>
/// <param name="Former">The lists that contain the old ordinals.</param>
/// <param name="Lists">The lists that contain the new ordinals.</param>
internal sealed record Renumbering(int[] Songs, int[] Albums, int[] Artists, IntLists Former, IntLists Lists)
{
    /// <summary>Returns a list of songs with the new ordinals.</summary>
    public IntList OfSongs(IntList songs) => Of(songs, Songs);

    /// <summary>Returns a list of albums with the new ordinals.</summary>
    public IntList OfAlbums(IntList albums) => Of(albums, Albums);

    /// <summary>Returns the new ordinals of <paramref name="count"/> items when only some of them are kept, in the same order.</summary>
    public static int[] Of(int count, Func<int, bool> isKept)
    {
        var (numbers, next) = (new int[count], 0);
        for (var former = 0; former < count; former++)
            numbers[former] = isKept(former) ? next++ : -1;
        return numbers;
    }

    private IntList Of(IntList list, int[] numbers)
    {
        var moved = default(IntList);
        foreach (var former in Former.Items(list))
        {
            if (numbers[former] >= 0)
                Lists.Add(ref moved, numbers[former]);
        }

        return moved;
    }
}
