using System.Net;
using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Tracker.Catalog;

/// <summary>
/// Decides how a song is listed if its hosts contradict each other: with the format, the tags and the ReplayGain that most hosts report.
/// Each of the three is decided separately.
/// </summary>
/// <remarks>
/// Each address has one vote, cast by its oldest copy, so a stranger who wants to change the listing needs more addresses than the honest
/// hosts have. In a tie, the older variant wins. Only the oldest copies vote, because the number of a song's hosts is not limited.
/// </remarks>
internal static class SongVote
{
    /// <summary>The maximum number of copies that may vote.</summary>
    public const int MaxVoters = 256;

    /// <summary>Returns the facts to list.</summary>
    /// <param name="copies">The copies, oldest first.</param>
    /// <param name="listed">The facts listed so far. If they win again, the same array is returned, and nothing is reindexed.</param>
    public static byte[] Elect(IEnumerable<SongCopy> copies, byte[]? listed)
    {
        var voters = new HashSet<IPAddress>();
        var variants = new List<Variant>();
        var byFacts = new Dictionary<byte[], Variant>(BytesComparer.Instance);
        var before = default(Variant);
        foreach (var copy in copies.Take(MaxVoters))
        {
            if (!voters.Add(copy.Host.Voter))
                continue;
            if (before is null || !ReferenceEquals(before.Facts, copy.Facts))
            {
                if (!byFacts.TryGetValue(copy.Facts, out before))
                {
                    byFacts.Add(copy.Facts, before = new Variant(copy.Facts));
                    variants.Add(before);
                }
            }

            before.Votes++;
        }

        var elected = variants.Count == 1 ? variants[0].Facts : Elect(variants);
        return listed is not null && listed.AsSpan().SequenceEqual(elected) ? listed : elected;
    }

    private static byte[] Elect(List<Variant> variants)
    {
        var songs = variants.ConvertAll(variant => (Song: Song.Parser.ParseFrom(variant.Facts), variant.Votes));
        var tags = Winner(songs.Select(song => (song.Song.Tags, song.Votes)));
        var (format, isLive) = Winner(songs.Select(song => ((WithoutGain(song.Song.Format), song.Song.Live), song.Votes)));
        // The gain is read from the tags, which may differ between honest hosts. Such differences must not split their votes for the rest
        // of the format.
        var gain = Winner(songs.Select(song => (OnlyGain(song.Song.Format), song.Votes)));
        if (format is not null)
            ReplayGainBounds.Copy(gain, format);
        var whole = songs.FindIndex(song => song.Song.Tags.Equals(tags) && Equals(song.Song.Format, format) && song.Song.Live == isLive);
        return whole >= 0
            ? variants[whole].Facts
            : new Song { ContentHash = songs[0].Song.ContentHash, Tags = tags, Format = format, Live = isLive }.ToByteArray();
    }

    private static AudioFormat? WithoutGain(AudioFormat? format)
    {
        var rest = format?.Clone();
        if (rest is not null)
            ReplayGainBounds.Copy(new AudioFormat(), rest);
        return rest;
    }

    private static AudioFormat OnlyGain(AudioFormat? format)
    {
        var gain = new AudioFormat();
        if (format is not null)
            ReplayGainBounds.Copy(format, gain);
        return gain;
    }

    // If several values are tied for the most votes, MaxBy returns the first of them, which is the oldest.
    private static T Winner<T>(IEnumerable<(T Value, int Votes)> votes)
        where T : notnull => votes.GroupBy(vote => vote.Value).MaxBy(group => group.Sum(vote => vote.Votes))!.Key;

    private sealed class BytesComparer : IEqualityComparer<byte[]>
    {
        public static readonly BytesComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] bytes)
        {
            var hash = default(HashCode);
            hash.AddBytes(bytes);
            return hash.ToHashCode();
        }
    }

    private sealed class Variant(byte[] facts)
    {
        public byte[] Facts => facts;

        public int Votes { get; set; }
    }
}
