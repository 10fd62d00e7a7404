using Akka.Actor;
using Akka.TestKit;
using TspActors.Media.Folders;
using TspActors.Media.Library;
using TspActors.Peer.Library;
using TspActors.Peer.Live;
using TspActors.Peer.Live.Sources;
using TspActors.Peer.Live.Stations;
using TspActors.Peer.Tests.Material;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Live.Stations;

/// <summary>Checks a station with real files. A probe acts as the feed.</summary>
public sealed class StationActorSpecs : PeerSpec
{
    private static readonly FeedSettings Ordered = new("Radio", new FeedSource.Station("")) { InOrder = true };

    private readonly OwnSongsCell _cell = new();
    private readonly TestProbe _feed;
    private readonly List<OwnSong> _songs = [];
    private IActorRef _station = ActorRefs.Nobody;

    public StationActorSpecs(ITestOutputHelper output)
        : base(output) => _feed = CreateTestProbe();

    [Fact]
    public void Songs_follow_each_other_forever_each_with_its_title_and_its_frames()
    {
        Share(0, 1);
        Start();

        for (var round = 0; round < 2; round++)
        {
            Assert.Equal(Frames(0), PlaySong(TitleOf(0)));
            Assert.Equal(Frames(1), PlaySong(TitleOf(1)));
        }

        Assert.NotEqual(TitleOf(0), TitleOf(1));
        Assert.Contains(" – ", TitleOf(0), StringComparison.Ordinal);
    }

    [Fact]
    public void A_station_waits_until_it_is_accepted_and_until_its_bytes_are_processed()
    {
        Share(0);
        _station = StartChild(Ordered);
        _feed.ExpectMsg<OpenSource>();
        _feed.ExpectNoMsg(Soon);

        _station.Tell(SourceAccepted.Instance);
        _feed.ExpectMsg<SourceTitle>();
        _feed.ExpectMsg<SourceBytes>();
        _feed.ExpectNoMsg(Soon);
    }

    [Fact]
    public void A_station_that_is_refused_or_dropped_ends_and_closes_its_file()
    {
        Share(0);
        _station = StartChild(Ordered);
        Watch(_station);
        _feed.ExpectMsg<OpenSource>();
        _station.Tell(new SourceRefused("the feed has a source"));
        ExpectTerminated(_station);

        Start();
        _feed.ExpectMsg<SourceTitle>();
        _feed.ExpectMsg<SourceBytes>();
        AssertOpen(1);
        Watch(_station);
        _station.Tell(new DropSource("the feed ends"));
        ExpectTerminated(_station);
        AssertOpen(0);
        _feed.ExpectNoMsg(Soon);
    }

    [Fact]
    public void After_a_skip_the_next_song_follows_the_frames_that_have_been_sent()
    {
        Share(0, 1);
        Start();
        _feed.ExpectMsg(new SourceTitle(TitleOf(0)));
        var first = _feed.ExpectMsg<SourceBytes>().Bytes.ToArray();
        Assert.True(first.Length < Frames(0).Length);
        AssertWholeFrames(first);

        _station.Tell(SkipSong.Instance);
        _station.Tell(SourceTaken.Instance);

        Assert.Equal(Frames(1), PlaySong(TitleOf(1)));
        Assert.Equal(Frames(0), PlaySong(TitleOf(0)));
        AssertOpen(1);
    }

    [Fact]
    public void A_skip_while_frames_are_being_read_also_takes_effect()
    {
        Share(0, 1);
        Start();
        _feed.ExpectMsg<SourceTitle>();
        _feed.ExpectMsg<SourceBytes>();

        _station.Tell(SourceTaken.Instance);
        _station.Tell(SkipSong.Instance);

        // The block that was being read may or may not have been sent.
        var next = _feed.ExpectMsg<object>();
        if (next is SourceBytes)
        {
            _station.Tell(SourceTaken.Instance);
            next = _feed.ExpectMsg<SourceTitle>();
        }

        Assert.Equal(new SourceTitle(TitleOf(1)), next);
    }

    [Fact]
    public void A_song_whose_file_is_deleted_plays_to_its_end_and_is_left_out_afterwards()
    {
        Share(0, 1);
        Start();
        _feed.ExpectMsg(new SourceTitle(TitleOf(0)));
        var first = _feed.ExpectMsg<SourceBytes>().Bytes.ToArray();
        var whole = Frames(0);

        File.Delete(_songs[0].File.Path);
        _station.Tell(SourceTaken.Instance);

        Assert.Equal(whole, first.Concat(Rest()));
        Assert.Equal(Frames(1), PlaySong(TitleOf(1)));
        EventFilter.Warning(contains: "it no longer exists").ExpectOne(() => Assert.Equal(Frames(1), PlaySong(TitleOf(1))));
    }

    [Fact]
    public void A_song_whose_file_changes_while_it_plays_is_skipped_immediately()
    {
        Share(0, 1);
        Start();
        _feed.ExpectMsg(new SourceTitle(TitleOf(0)));
        _feed.ExpectMsg<SourceBytes>();

        using (var file = File.Open(_songs[0].File.Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            file.SetLength(20_000);
        EventFilter.Warning(contains: "it has changed").ExpectOne(() =>
        {
            _station.Tell(SourceTaken.Instance);
            _feed.ExpectMsg(new SourceTitle(TitleOf(1)));
        });
        Assert.Equal(Frames(1), Rest());
    }

    [Fact]
    public void A_station_waits_for_songs_and_says_so_once()
    {
        EventFilter.Warning(contains: "none of its songs can be played").ExpectOne(() =>
        {
            Start();
            _feed.ExpectNoMsg(TimeSpan.FromSeconds(2));
        });

        Share(0);

        Assert.Equal(Frames(0), PlaySong(TitleOf(0)));
    }

    [Fact]
    public void A_station_whose_songs_are_all_gone_clears_the_title_and_continues_when_one_is_back()
    {
        Share(0);
        var bytes = File.ReadAllBytes(_songs[0].File.Path);
        Start();
        Assert.Equal(Frames(0), PlaySong(TitleOf(0)));
        File.Delete(_songs[0].File.Path);
        // The song had started again before its file was deleted.
        PlaySong(TitleOf(0));
        _feed.ExpectMsg(new SourceTitle(""));

        File.WriteAllBytes(_songs[0].File.Path, bytes);
        _cell.Current = Songs.Library(new OwnSong(1, Lame.Read(_songs[0].File.Path)));

        Assert.Equal(bytes.Length > 0, PlaySong(TitleOf(0)).Length > 0);
    }

    [Fact]
    public void A_station_whose_folder_was_away_continues_with_the_song_that_was_next()
    {
        // More songs than are tried in a row.
        Directory.CreateDirectory(Folder.In("disk"));
        for (var song = 0; song < 25; song++)
            Share(Folder.In("disk", $"{song:00}.mp3"), song % 3, 20_000 + 2_000 * song);
        Start(Ordered, Folder.In("station"));
        PlaySong(TitleOf(0));

        // The second song is already open.
        Directory.Move(Folder.In("disk"), Folder.In("away"));
        PlaySong(TitleOf(1));
        _feed.ExpectMsg(new SourceTitle(""));
        Directory.Move(Folder.In("away"), Folder.In("disk"));

        PlaySong(TitleOf(2));
        Assert.Equal(TitleOf(3), PlaySong());
    }

    [Fact]
    public void Many_songs_that_cannot_be_played_do_not_block_a_station()
    {
        // More songs than are tried in a row, each with different bytes.
        for (var song = 0; song < 25; song++)
        {
            var path = Folder.In($"free {song:00}.mp3");
            File.WriteAllBytes(
                path, [.. Enumerable.Repeat<byte[]>([0xFF, 0xFB, 0x00, 0x00, .. new byte[649]], 50 + song).SelectMany(frame => frame)]);
            _songs.Add(new OwnSong(_songs.Count + 1, Lame.Read(path)));
        }

        Share(Folder.In("good.mp3"), 0);
        Start();

        Assert.Equal(TitleOf(25), _feed.ExpectMsg<SourceTitle>().Title);
    }

    [Fact]
    public void Songs_added_to_the_library_are_played_and_removed_ones_are_not()
    {
        Share(0);
        Start();
        PlaySong(TitleOf(0));
        Share(1);
        PlaySong(TitleOf(0));
        PlaySong(TitleOf(1));

        _cell.Current = Songs.Library(_songs[1]);
        // The first song may already be playing again.
        var titles = Enumerable.Range(0, 3).Select(_ => PlaySong()).ToList();

        Assert.Equal([TitleOf(1), TitleOf(1)], titles.TakeLast(2));
    }

    [Fact]
    public void After_a_restart_a_station_plays_the_interrupted_song_from_its_beginning()
    {
        Share(0, 1, 2, 3);
        var shuffled = Ordered with { InOrder = false };
        Start(shuffled, Folder.In("station"), seed: 5);
        var whole = Enumerable.Range(0, 5).Select(_ => PlaySong()).ToList();
        Stop();

        File.Delete(Folder.In("station"));
        Start(shuffled, Folder.In("station"), seed: 5);
        Assert.Equal(whole[0], PlaySong());
        Assert.Equal(whole[1], _feed.ExpectMsg<SourceTitle>().Title);
        _feed.ExpectMsg<SourceBytes>();
        Stop();

        // The seed in the file takes precedence.
        Start(shuffled, Folder.In("station"), seed: 6);
        Assert.Equal(whole[1..5], Enumerable.Range(0, 4).Select(_ => PlaySong()));
    }

    [Fact]
    public void If_its_file_is_damaged_a_station_starts_over_and_replaces_the_file()
    {
        Share(0);
        File.WriteAllText(Folder.In("station"), "{");

        EventFilter.Warning(contains: "is starting over").ExpectOne(() =>
        {
            Start(Ordered, Folder.In("station"));
            PlaySong(TitleOf(0));
        });

        Assert.NotNull(StationFile.Read(Folder.In("station"), out _));
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_reported_once_and_the_station_plays_anyway()
    {
        Share(0);
        EventFilter.Warning(contains: "its state cannot be saved").ExpectOne(() =>
        {
            Start(Ordered, Folder.In("missing", "station"));
            PlaySong(TitleOf(0));
            PlaySong(TitleOf(0));
        });
    }

    [Fact]
    public void Jingles_are_played_between_the_songs()
    {
        Directory.CreateDirectory(Folder.In("jingles"));
        Share(0, 1);
        Share(Folder.In("jingles", "j.mp3"), 2);
        Start(Ordered with { Jingles = "jingles", JingleEvery = 2 });

        Assert.Equal(
            [TitleOf(0), TitleOf(1), TitleOf(2), TitleOf(0), TitleOf(1), TitleOf(2)], Enumerable.Range(0, 6).Select(_ => PlaySong()));
    }

    [Fact]
    public void A_free_format_song_is_skipped_and_the_reason_is_logged()
    {
        var path = Folder.In("free.mp3");
        File.WriteAllBytes(path, [.. Enumerable.Repeat<byte[]>([0xFF, 0xFB, 0x00, 0x00, .. new byte[649]], 50).SelectMany(frame => frame)]);
        _songs.Add(new OwnSong(1, Lame.Read(path)));
        Share(0);

        EventFilter.Warning(contains: "it cannot be joined with other songs").ExpectOne(() =>
        {
            Start();
            Assert.Equal(Frames(1), PlaySong(TitleOf(1)));
        });
    }

    private void Share(params ReadOnlySpan<int> songs)
    {
        foreach (var song in songs)
            Share(Folder.In($"{song}.mp3"), song);
    }

    // Half of a demo song is enough.
    private void Share(string path, int index, int length = 100_000)
    {
        var bytes = File.ReadAllBytes(DemoMusic.Files[index]);
        File.WriteAllBytes(path, bytes[..Math.Min(bytes.Length, length)]);
        _songs.Add(new OwnSong(_songs.Count + 1, Lame.Read(path)));
        _cell.Current = Songs.Library(_songs);
    }

    private void Start(FeedSettings? feed = null, string? statePath = null, ulong? seed = null)
    {
        _station = StartChild(feed ?? Ordered, statePath, seed);
        Assert.Equal(_station, _feed.ExpectMsg<OpenSource>().Source);
        _station.Tell(SourceAccepted.Instance);
    }

    private IActorRef StartChild(FeedSettings feed, string? statePath = null, ulong? seed = null) => _feed.ChildActorOf(
        StationActor.Props(feed, _cell, [new MusicRoot(Folder.Path)], statePath, seed));

    private void Stop()
    {
        Watch(_station);
        _station.Tell(new DropSource("the test restarts it"));
        ExpectTerminated(_station);
        while (_feed.HasMessages)
            _feed.ReceiveOne(TimeSpan.Zero);
    }

    private string TitleOf(int song) => RotationSong.Of(_songs[song]).Title;

    // Receives a song to its end and returns its frames.
    private byte[] PlaySong(string title)
    {
        _feed.ExpectMsg(new SourceTitle(title));
        return Rest();
    }

    private string PlaySong()
    {
        var title = _feed.ExpectMsg<SourceTitle>().Title;
        Rest();
        return title;
    }

    // Receives the rest of a song. The title of the next song marks its end.
    private byte[] Rest()
    {
        var stream = new MemoryStream();
        do
        {
            var bytes = _feed.ExpectMsg<SourceBytes>().Bytes;
            Assert.InRange(bytes.Length, 1, SourceBytes.MaxBytes);
            stream.Write(bytes.Span);
            _station.Tell(SourceTaken.Instance);
        }
        while (_feed.PeekOne() is SourceBytes);
        return stream.ToArray();
    }

    private byte[] Frames(int song)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        new SongFrames().Feed(Lame.Payload(_songs[song].File), output);
        return output.WrittenSpan.ToArray();
    }

    private static void AssertWholeFrames(byte[] bytes)
    {
        for (var at = 0; at < bytes.Length;)
        {
            Assert.True(Mpeg.Mp3FrameHeader.TryParse(bytes.AsSpan(at), out var header));
            at += header.FrameBytes;
            Assert.True(at <= bytes.Length);
        }
    }

    private void AssertOpen(int files)
    {
        if (!OperatingSystem.IsLinux())
            return;
        AwaitAssert(
            () => Assert.Equal(files, Directory.EnumerateFileSystemEntries("/proc/self/fd")
                .Count(fd => new FileInfo(fd).LinkTarget?.StartsWith(Folder.Path, StringComparison.Ordinal) == true)),
            TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(20));
    }
}
