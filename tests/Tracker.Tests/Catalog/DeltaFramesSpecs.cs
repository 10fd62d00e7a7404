using TspActors.Protocol;
using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Tests.Catalog;

public sealed class DeltaFramesSpecs
{
    [Fact]
    public void An_encoded_delta_is_parsed_back_to_the_same_message()
    {
        var catalog = Samples.Catalog(Samples.Songs(2));
        var frame = Samples.Frame(Assert.Single(DeltaFrames.Encode(4, 9, [.. catalog.After(0)], [7, 300, int.MaxValue], int.MaxValue)));
        Assert.Equal((Operation.BroadcastList, 0), (frame.Operation, frame.SongId));
        Assert.Equal(
            new CatalogDelta
            {
                FromVersion = 4,
                ToVersion = 9,
                Changed = { Samples.Expected(1, Samples.Song(1), Samples.Host(1)), Samples.Expected(2, Samples.Song(2), Samples.Host(1)) },
                Removed = { 7, 300, int.MaxValue },
            },
            Samples.Body<CatalogDelta>(frame));
    }

    [Fact]
    public void A_large_delta_becomes_several_frames_with_consecutive_versions()
    {
        var large = Samples.Catalog(Enumerable.Range(1, 600).Select(n => Samples.Song(n, new string('t', 1000))));
        var gone = Enumerable.Range(1_000_000_000, 60_000).ToArray();
        var frames = DeltaFrames.Encode(4, 9, [.. large.After(0)], gone, int.MaxValue);
        Assert.All(frames, frame => Assert.True(frame.Length <= 9 + (256 * 1024)));
        var deltas = frames.Select(frame => Samples.Body<CatalogDelta>(Samples.Frame(frame))).ToList();
        Assert.True(deltas.Count > 3);
        Assert.Equal(Enumerable.Range(1, 600), deltas.SelectMany(delta => delta.Changed).Select(song => song.Id));
        Assert.Equal(gone, deltas.SelectMany(delta => delta.Removed));
        Assert.Equal(
            [4ul, .. Enumerable.Range(9, deltas.Count - 1).Select(version => (ulong)version)], deltas.Select(delta => delta.FromVersion));
        Assert.Equal(Enumerable.Range(9, deltas.Count).Select(version => (ulong)version), deltas.Select(delta => delta.ToVersion));
    }

    [Fact]
    public void A_delta_over_the_limit_is_not_encoded()
    {
        var large = Samples.Catalog(Enumerable.Range(1, 300).Select(n => Samples.Song(n, new string('t', 1000))));
        Assert.Empty(DeltaFrames.Encode(1, 2, [.. large.After(0)], [], 256 * 1024));
        Assert.Empty(DeltaFrames.Encode(1, 2, [], [.. Enumerable.Range(1_000_000_000, 60_000)], 256 * 1024));
    }

    [Fact]
    public void The_delta_that_causes_a_new_listing_applies_to_no_older_version()
    {
        var delta = Samples.Body<CatalogDelta>(Samples.Frame(DeltaFrames.ListAgain(12)));
        Assert.Equal(new CatalogDelta { FromVersion = 12, ToVersion = 12 }, delta);
    }
}
