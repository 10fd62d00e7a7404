using System.Runtime.InteropServices;
using FsCheck.Xunit;
using TspActors.Playback.Player;

namespace TspActors.Playback.Tests;

/// <summary>Checks that each song plays with its own gain, from its first sample to its last.</summary>
public sealed class SongGainSpecs
{
    [Fact]
    public async Task Each_song_plays_with_its_gain_exactly_from_its_first_to_its_last_sample()
    {
        var output = new RecordingOutput();
        using var player = new SongPlayer(RawBackend.To(output));
        player.SetCue(0, new SongCue(0.5, TimeSpan.Zero));
        await player.WriteAsync(Bytes(1000, -1000, 3, 32767));
        player.BeginNext();
        await player.WriteAsync(Bytes(7, -7, 32767));
        player.SetCue(player.BeginNext(), new SongCue(2, TimeSpan.Zero));
        await player.WriteAsync(Bytes(1000, 20000, -20000, -1));
        player.Complete();
        player.Start();

        await player.Completion.WaitAsync(Limits.Test);

        Assert.Equal([500, -500, 2, 16384, 7, -7, 32767, 2000, 32767, -32768, -2], Samples(output.Heard));
    }

    [Fact]
    public async Task A_seek_keeps_the_gain()
    {
        var output = new RecordingOutput();
        using var player = new SongPlayer(RawBackend.To(output));
        player.SetCue(0, new SongCue(0.5, TimeSpan.Zero));
        await player.WriteAsync(Bytes(1000));
        player.Seek(TimeSpan.Zero);
        await player.WriteAsync(Bytes(3000));
        player.Complete();
        player.Start();

        await player.Completion.WaitAsync(Limits.Test);

        Assert.Equal([1500], Samples(output.Heard));
    }

    [Fact]
    public async Task Gain_and_volume_add_up()
    {
        var output = new RecordingOutput();
        using var player = new SongPlayer(RawBackend.To(output), new SongPlayerSettings { Volume = 50 });
        player.SetCue(0, new SongCue(0.5, TimeSpan.Zero));
        await player.WriteAsync(Bytes(1000));
        player.Complete();
        player.Start();

        await player.Completion.WaitAsync(Limits.Test);

        Assert.Equal([250], Samples(output.Heard));
    }

    [Fact]
    public async Task A_program_that_plays_by_itself_gets_no_gain()
    {
        var output = new RecordingOutput();
        using var player = new SongPlayer(RawBackend.To(output) with { AppliesVolume = false });
        player.SetCue(0, new SongCue(0.5, TimeSpan.Zero));
        await player.WriteAsync(Bytes(1000));
        player.Complete();
        player.Start();

        await player.Completion.WaitAsync(Limits.Test);

        Assert.Equal([1000], Samples(output.Heard));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void An_impossible_gain_is_refused(double gain)
    {
        using var player = new SongPlayer(RawBackend.To(new RecordingOutput()));

        Assert.Throws<ArgumentOutOfRangeException>(() => player.SetCue(0, new SongCue(gain, TimeSpan.Zero)));
    }

    [Property]
    public void A_gain_up_to_the_inverse_of_the_peak_never_clips(short[] song)
    {
        song ??= [];
        var peak = song.Select(sample => Math.Abs((int)sample)).DefaultIfEmpty(0).Max() / 32768.0;
        var pcm = MemoryMarshal.AsBytes<short>([.. song]).ToArray();

        PcmGain.Apply(pcm, peak > 0 ? 1 / peak : 1);

        foreach (var (before, after) in song.Zip(Samples(pcm)))
            Assert.InRange(after - (peak > 0 ? before / peak : before), -1, 0.5);
    }

    private static byte[] Bytes(params short[] samples) => MemoryMarshal.AsBytes<short>(samples).ToArray();

    private static short[] Samples(byte[] pcm) => MemoryMarshal.Cast<byte, short>(pcm).ToArray();
}
