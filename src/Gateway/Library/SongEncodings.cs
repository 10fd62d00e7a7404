using TspActors.Protocol.Search;

namespace TspActors.Gateway.Library;

/// <summary>Recognizes encodings of the same track on an album: they have the same disc, track, artist and title, and similar
/// durations.</summary>
internal static class SongEncodings
{
    private const int LengthTolerance = 2_000;

    /// <summary>Best encoding first: one with a host, then the higher bit rate, then more hosts, then the smaller hash.</summary>
    public static readonly Comparer<SongEntry> BestFirst = Comparer<SongEntry>.Create((left, right) =>
    {
        var order = (right.TrackerId > 0).CompareTo(left.TrackerId > 0);
        if (order == 0)
            order = right.Row.BitrateBps.CompareTo(left.Row.BitrateBps);
        if (order == 0)
            order = right.Row.Hosts.CompareTo(left.Row.Hosts);
        return order != 0 ? order : left.Hash.CompareTo(right.Hash);
    });

    /// <summary>Returns the position on an album, and the artist, that all encodings of one track share.</summary>
    public static (ushort Disc, ushort Track, ArtistNode Artist) PlaceOf(SongEntry song) => (song.Disc, song.Track, song.Artist);

    /// <summary>Returns the key that all encodings of one track share.</summary>
    public static (ushort Disc, ushort Track, ArtistNode Artist, string Title) KeyOf(SongEntry song) =>
        (song.Disc, song.Track, song.Artist, TitleOf(song));

    /// <summary>Returns the folded title, which all encodings of one track share.</summary>
    public static string TitleOf(SongEntry song) => SearchText.Fold(song.Title);

    /// <summary>Returns whether the durations are nearly the same.</summary>
    public static bool IsSameLength(SongEntry left, SongEntry right) =>
        Math.Abs(left.Row.DurationMs - right.Row.DurationMs) <= LengthTolerance;
}
