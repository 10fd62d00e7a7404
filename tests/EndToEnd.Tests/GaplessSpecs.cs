using System.Buffers.Binary;
using System.Runtime.InteropServices;
using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests;

/// <summary>Checks that a recording that was split into two files plays back without a gap.</summary>
public sealed class GaplessSpecs
{
    private const int HeaderBytes = 44;
    private const int Channels = 2;

    // The first half ends within an MP3 frame, so the encoder pads it and the player has to trim the padding.
    private const int CutAt = 3 * 44_100 + 777;

    [NeedsFact("lame", "mpg123")]
    public async Task Two_halves_of_a_recording_play_back_like_the_whole_recording()
    {
        await using var stage = new Stage();
        var whole = Songs.Wav(440, 7, 44_100, Channels);
        var cut = HeaderBytes + CutAt * Channels * 2;
        stage.Share(
            "alice", "first.mp3",
            [.. TagBytes.Id3v23(("TIT2", "first half")), .. await Songs.EncodeAsync(Part(whole, HeaderBytes, cut), "-b", "192")]);
        stage.Share(
            "alice", "second.mp3",
            [.. TagBytes.Id3v23(("TIT2", "second half")), .. await Songs.EncodeAsync(Part(whole, cut, whole.Length), "-b", "192")]);
        var tracker = await stage.StartTrackerAsync();
        await stage.StartPeerAsync(tracker, "alice");
        var heard = stage.Folder.In("heard.wav");
        var console = await Stage.ReadyAsync(stage.Start("Peer", [.. stage.PeerArguments(tracker, "carol"), "--audio", $"wav:{heard}"]));

        var ids = (await Catalog.ListAsync(tracker)).ToDictionary(song => song.Tags.Title, song => song.Id);
        await console.Process.TypeAsync($"play {ids["first half"]} {ids["second half"]}");
        console.Process.EndInput();
        await console.Process.ExitsWithAsync(0);

        Assert.Contains("ended: first half", console.Process.Errors.Lines);
        Assert.Contains("ended: second half", console.Process.Errors.Lines);
        var (expected, actual) = (Samples(whole), Samples(await File.ReadAllBytesAsync(heard)));
        Assert.Equal(expected.Length, actual.Length);
        Assert.InRange(Correlation(expected, actual), 0.99, 1.01);
        var seam = new Range((CutAt - 2_000) * Channels, (CutAt + 2_000) * Channels);
        Assert.InRange(Correlation(expected[seam], actual[seam]), 0.99, 1.01);
    }

    private static byte[] Part(byte[] wav, int from, int to)
    {
        byte[] part = [.. wav[..HeaderBytes], .. wav[from..to]];
        BinaryPrimitives.WriteInt32LittleEndian(part.AsSpan(4), part.Length - 8);
        BinaryPrimitives.WriteInt32LittleEndian(part.AsSpan(40), part.Length - HeaderBytes);
        return part;
    }

    private static short[] Samples(byte[] wav) =>
        MemoryMarshal.Cast<byte, short>(wav.AsSpan(HeaderBytes, (wav.Length - HeaderBytes) / 2 * 2)).ToArray();

    private static double Correlation(short[] left, short[] right)
    {
        double both = 0, ones = 0, others = 0;
        for (var at = 0; at < left.Length; at++)
        {
            both += (double)left[at] * right[at];
            ones += (double)left[at] * left[at];
            others += (double)right[at] * right[at];
        }

        return both / Math.Sqrt(ones * others);
    }
}
