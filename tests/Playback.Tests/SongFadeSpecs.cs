using System.Runtime.InteropServices;
using FsCheck.Xunit;
using TspActors.Playback.Player;

namespace TspActors.Playback.Tests;

/// <summary>Checks crossfades between the songs of a player, sample by sample. A sample lasts a millisecond.</summary>
public sealed class SongFadeSpecs
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task The_end_of_a_song_and_the_start_of_the_next_overlap()
    {
        var output = new RecordingOutput();
        using var player = NewPlayer(output);
        var reached = new List<(int Song, int HeardBefore)>();
        player.SongReached += song => reached.Add((song, output.Heard.Length / 2));

        await PlayAsync(player, Second, Quiet(4_000, 1), Quiet(4_000, 2));

        var heard = Samples(output.Heard);
        Assert.Equal(7_000, heard.Length);
        Assert.Equal(Quiet(4_000, 1)[..3_000], heard[..3_000]);
        Assert.Equal(Mixed(Quiet(4_000, 1)[3_000..], Quiet(4_000, 2)[..1_000]), heard[3_000..4_000]);
        Assert.Equal(Quiet(4_000, 2)[1_000..], heard[4_000..]);
        Assert.Equal([(0, 0), (1, 3_000)], reached);
        Assert.Equal(TimeSpan.FromSeconds(4), player.Position);
        Assert.Equal(0, player.Stalls);
    }

    [Fact]
    public async Task A_song_is_never_more_than_half_faded()
    {
        var output = new RecordingOutput();
        using var player = NewPlayer(output, 3 * Second);

        await PlayAsync(player, 3 * Second, Quiet(4_000, 1), Quiet(1_000, 2), Quiet(600, 3), Quiet(10_000, 4));

        Assert.Equal(4_000 + 1_000 + 600 + 10_000 - 500 - 300 - 300, output.Heard.Length / 2);
        Assert.Equal(Quiet(4_000, 1)[..3_500], Samples(output.Heard)[..3_500]);
    }

    [Fact]
    public async Task A_song_that_is_shorter_than_its_host_says_is_not_more_than_half_faded()
    {
        var output = new RecordingOutput();
        using var player = NewPlayer(output, 3 * Second);
        await player.WriteAsync(Bytes(Quiet(4_000, 1)));
        player.SetCue(player.BeginNext(), new SongCue(1, 3 * Second));
        await player.WriteAsync(Bytes(Quiet(1_000, 2)));
        player.Complete();
        player.Start();

        await player.Completion.WaitAsync(Limits.Test);

        Assert.Equal(4_500, output.Heard.Length / 2);
    }

    [Fact]
    public async Task The_cue_of_a_song_shortens_its_crossfade_or_forbids_it()
    {
        var output = new RecordingOutput();
        using var player = NewPlayer(output);
        await player.WriteAsync(Bytes(Quiet(4_000, 1)));
        player.SetCue(player.BeginNext(), new SongCue(1, Second / 4));
        await player.WriteAsync(Bytes(Quiet(4_000, 2)));
        player.SetCue(player.BeginNext(), SongCue.Plain);
        await player.WriteAsync(Bytes(Quiet(4_000, 3)));
        player.Complete();
        player.Start();

        await player.Completion.WaitAsync(Limits.Test);

        Assert.Equal(12_000 - 250, output.Heard.Length / 2);
        Assert.Equal([.. Quiet(4_000, 2)[250..], .. Quiet(4_000, 3)], Samples(output.Heard)[4_000..]);
    }

    [Fact]
    public async Task Both_songs_have_their_gain_in_the_overlap()
    {
        var output = new RecordingOutput();
        using var player = NewPlayer(output);
        player.SetCue(0, new SongCue(0.5, default));
        await player.WriteAsync(Bytes([.. Enumerable.Repeat((short)1_000, 4_000)]));
        player.SetCue(player.BeginNext(), new SongCue(2, Second));
        await player.WriteAsync(Bytes([.. Enumerable.Repeat((short)1_000, 4_000)]));
        player.Complete();
        player.Start();

        await player.Completion.WaitAsync(Limits.Test);

        var heard = Samples(output.Heard);
        Assert.Equal((500, 2_000), (heard[2_999], heard[4_000]));
        Assert.InRange(heard[3_500], (500 + 2_000) * 0.707 - 5, (500 + 2_000) * 0.707 + 5);
    }

    [Fact]
    public async Task A_song_without_sound_in_between_costs_only_its_crossfade()
    {
        var output = new RecordingOutput();
        using var player = NewPlayer(output);

        await PlayAsync(player, Second, Quiet(4_000, 1), [], Quiet(4_000, 2));

        Assert.Equal([.. Quiet(4_000, 1), .. Quiet(4_000, 2)], Samples(output.Heard));
    }

    [Fact]
    public async Task Without_a_next_song_the_end_plays_unchanged()
    {
        var output = new RecordingOutput();
        using var player = NewPlayer(output);

        await PlayAsync(player, Second, Quiet(4_000, 1));

        Assert.Equal(Quiet(4_000, 1), Samples(output.Heard));
    }

    [Fact]
    public async Task If_the_next_song_does_not_arrive_the_end_plays_unchanged()
    {
        var output = new RecordingOutput();
        using var player = NewPlayer(output);
        await player.WriteAsync(Bytes(Quiet(4_000, 1)));
        var dry = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        player.StateChanged += state => _ = state != PlaybackState.Buffering || output.Heard.Length < 8_000 || dry.TrySetResult();
        var next = player.BeginNext();
        player.Start();
        await dry.Task.WaitAsync(Limits.Test);
        Assert.Equal(Quiet(4_000, 1), Samples(output.Heard));

        player.SetCue(next, new SongCue(1, Second));
        await player.WriteAsync(Bytes(Quiet(4_000, 2)));
        player.Complete();
        await player.Completion.WaitAsync(Limits.Test);

        Assert.Equal([.. Quiet(4_000, 1), .. Quiet(4_000, 2)], Samples(output.Heard));
    }

    [Fact]
    public async Task If_the_next_song_is_late_the_crossfade_is_shorter_and_nothing_stalls()
    {
        var input = new InputBuffer(100_000, () => { });
        using var ahead = new DecodeAhead(
            RawBackend.To(new RecordingOutput()).CreateDecoder(_ => { }), input, new SongPlayerSettings { Crossfade = Second },
            _ => new SongCue(1, Second), _ => { });
        var heard = new List<byte>();
        await input.WriteAsync(Bytes(Quiet(4_000, 1)), CancellationToken.None);
        input.BeginNext();
        await input.WriteAsync(Bytes(Quiet(4_000, 2)[..400]), CancellationToken.None);
        // Only 400 ms of the next song have arrived when the overlap of one second should begin.
        while (heard.Count / 2 < 3_610)
            Play(ahead, heard);
        Assert.Equal([.. Quiet(4_000, 1)[..3_600]], Samples([.. heard])[..3_600]);

        await input.WriteAsync(Bytes(Quiet(4_000, 2)[400..]), CancellationToken.None);
        input.Complete();
        while (ahead.Fill() && !ahead.Queue.IsEmpty)
            Play(ahead, heard);

        var length = heard.Count / 2;
        Assert.InRange(length, 7_600, 7_700);
        var fade = 8_000 - length;
        Assert.Equal(Mixed(Quiet(4_000, 1)[(4_000 - fade)..], Quiet(4_000, 2)[..fade]), Samples([.. heard])[(4_000 - fade)..4_000]);
    }

    [Fact]
    public async Task A_seek_drops_the_overlap()
    {
        var output = new RecordingOutput();
        using var player = NewPlayer(output);
        await player.WriteAsync(Bytes(Quiet(4_000, 1)));
        player.SetCue(player.BeginNext(), new SongCue(1, Second));
        await player.WriteAsync(Bytes(Quiet(100, 2)));
        Assert.True(player.Seek(2 * Second, song: 0));
        await player.WriteAsync(Bytes(Quiet(4_000, 1)[2_000..]));
        player.SetCue(player.BeginNext(), new SongCue(1, Second));
        await player.WriteAsync(Bytes(Quiet(4_000, 3)));
        player.Complete();
        player.Start();

        await player.Completion.WaitAsync(Limits.Test);

        Assert.Equal(2_000 + 4_000 - 1_000, output.Heard.Length / 2);
        Assert.Equal((1, TimeSpan.FromSeconds(4)), (player.CurrentSong, player.Position));
    }

    [Fact]
    public async Task A_program_that_plays_by_itself_gets_no_crossfade()
    {
        var output = new RecordingOutput();
        using var player = new SongPlayer(
            RawBackend.To(output) with { AppliesVolume = false }, new SongPlayerSettings { Crossfade = Second });

        await PlayAsync(player, Second, Quiet(4_000, 1), Quiet(4_000, 2));

        Assert.Equal([.. Quiet(4_000, 1), .. Quiet(4_000, 2)], Samples(output.Heard));
    }

    [Fact]
    public void Songs_of_different_formats_follow_each_other_without_an_overlap()
    {
        var queue = new PcmQueue();
        var fade = new FadeBuffer(queue);
        queue.Enqueue(Block(queue, new PcmFormat(1000, 1), 0, 500));
        fade.Begin(0, Second / 5);
        Assert.True(fade.IsOpen);

        fade.Add(Block(queue, new PcmFormat(2000, 1), 1, 500), Second / 5);

        Assert.False(fade.IsOpen);
        Assert.Equal(1_000, queue.Frames);
        Assert.Equal(new PcmFormat(1000, 1), queue.First.Format);
    }

    [Property(MaxTest = 100)]
    public void Songs_of_any_lengths_lose_nothing_but_their_overlaps(ushort[] lengths, ushort crossfade)
    {
        var songs = (lengths ?? []).Take(6).Select((length, at) => Quiet(length % 900, at)).ToList();
        var fade = TimeSpan.FromMilliseconds(crossfade % 700);
        var output = new RecordingOutput();
        using var player = NewPlayer(output, fade);

        PlayAsync(player, fade, [[1], .. songs, [1]]).GetAwaiter().GetResult();

        var whole = songs.Sum(song => song.Length) + 2;
        var overlaps = songs.Zip(songs.Skip(1)).Sum(pair => Math.Min(
            (int)fade.TotalMilliseconds, Math.Min(pair.First.Length, pair.Second.Length) / 2));
        Assert.InRange(output.Heard.Length / 2, whole - overlaps, whole);
        if (songs.All(song => song.Length > 0))
            Assert.Equal(whole - overlaps, output.Heard.Length / 2);
        Assert.Equal(songs.Count + 1, player.CurrentSong);
    }

    private static PcmBlock Block(PcmQueue queue, PcmFormat format, int song, int frames)
    {
        var block = queue.Rent();
        (block.Format, block.Song, block.Start, block.End) = (format, song, 0, frames * format.FrameBytes);
        return block;
    }

    private static void Play(DecodeAhead ahead, List<byte> heard)
    {
        Assert.True(ahead.Fill());
        Assert.False(ahead.Queue.IsEmpty);
        var pcm = ahead.Queue.First.Pending;
        heard.AddRange(pcm);
        ahead.Queue.Advance(pcm.Length);
    }

    private static SongPlayer NewPlayer(RecordingOutput output, TimeSpan? crossfade = null) => new(
        RawBackend.To(output), new SongPlayerSettings { Crossfade = crossfade ?? Second, InputBufferTime = TimeSpan.FromMinutes(1) });

    private static async Task PlayAsync(SongPlayer player, TimeSpan fade, params short[][] songs)
    {
        for (var at = 0; at < songs.Length; at++)
        {
            if (at > 0)
                player.SetCue(player.BeginNext(), new SongCue(1, Shorter(fade, songs[at - 1], songs[at])));
            Assert.True(await player.WriteAsync(Bytes(songs[at])));
        }

        player.Complete();
        player.Start();
        Assert.IsType<PlaybackEnd.Finished>(await player.Completion.WaitAsync(Limits.Test));
    }

    // The peer's rule: the peer knows the lengths of both songs.
    private static TimeSpan Shorter(TimeSpan fade, short[] ending, short[] beginning) => TimeSpan.FromMilliseconds(
        Math.Min(fade.TotalMilliseconds, Math.Min(ending.Length, beginning.Length) / 2));

    // Returns samples that are so quiet that no mix can clip.
    private static short[] Quiet(int milliseconds, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, milliseconds).Select(_ => (short)random.Next(-10_000, 10_000))];
    }

    private static short[] Mixed(short[] ending, short[] beginning) =>
    [
        .. ending.Zip(beginning).Select((pair, at) => (At: (at + 0.5) / ending.Length * Math.PI / 2, pair.First, pair.Second)).Select(
            mix => (short)Math.Round(Math.Cos(mix.At) * mix.First + Math.Sin(mix.At) * mix.Second, MidpointRounding.AwayFromZero)),
    ];

    private static byte[] Bytes(short[] samples) => MemoryMarshal.AsBytes<short>(samples).ToArray();

    private static short[] Samples(byte[] pcm) => MemoryMarshal.Cast<byte, short>(pcm).ToArray();
}
