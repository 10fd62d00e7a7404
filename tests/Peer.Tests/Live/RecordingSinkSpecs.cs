using Akka.Actor;
using TspActors.Peer.Live.Recording;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Live;

public sealed class RecordingSinkSpecs
{
    [Fact]
    public async Task A_recording_waits_for_hosts_but_not_forever()
    {
        var time = new ManualClock();
        await using var stream = new MemoryStream();
        var sink = new RecordingSink(new RecordingTarget(stream, null, null), ActorRefs.Nobody, time);

        Assert.Equal(TimeSpan.FromSeconds(10), sink.Ahead);
        time.Advance(TimeSpan.FromSeconds(115));
        Assert.Equal(TimeSpan.FromSeconds(5), sink.Ahead);
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(TimeSpan.Zero, sink.Ahead);
        await sink.WriteAsync(new byte[10], CancellationToken.None);
        Assert.Equal(TimeSpan.FromSeconds(10), sink.Ahead);
    }

    [Fact]
    public async Task A_file_keeps_what_it_contains_until_there_is_something_to_record()
    {
        using var folder = new TempFolder();
        var path = folder.In("show.mp3");
        await File.WriteAllTextAsync(path, "the show of yesterday");
        await using (new RecordingSink(RecordingFile.Create(path), ActorRefs.Nobody))
        {
        }

        Assert.Equal("the show of yesterday", await File.ReadAllTextAsync(path));
        await using (var sink = new RecordingSink(RecordingFile.Create(path), ActorRefs.Nobody))
        {
            await sink.WriteAsync("today"u8.ToArray(), CancellationToken.None);
            await sink.WriteAsync("!"u8.ToArray(), CancellationToken.None);
        }

        Assert.Equal("today!", await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task A_file_that_was_created_for_nothing_is_deleted()
    {
        using var folder = new TempFolder();
        var feed = new Song { Id = 7, Live = true, Tags = new SongTags { Title = "Radio" } };
        var targets = new[] { RecordingFile.Create(folder.In("show.mp3")), RecordingFile.CreateIn(folder.Path, feed, DateTime.UnixEpoch) };
        Assert.Equal(2, Directory.GetFiles(folder.Path).Length);

        foreach (var target in targets)
            await new RecordingSink(target, ActorRefs.Nobody).DisposeAsync();

        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task What_was_written_beyond_the_end_is_cut()
    {
        await using var stream = new MemoryStream();
        var sink = new RecordingSink(new RecordingTarget(stream, null, null), ActorRefs.Nobody);
        await sink.WriteAsync(new byte[10], CancellationToken.None);

        sink.Cut(7);
        sink.Cut(8);

        Assert.Equal(7, stream.Length);
    }
}
