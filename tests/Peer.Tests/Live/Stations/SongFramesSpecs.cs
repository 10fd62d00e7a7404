using System.Buffers;
using FsCheck.Xunit;
using TspActors.Mpeg;
using TspActors.Peer.Live.Stations;
using TspActors.Peer.Tests.Material;
using TspActors.Shared;

namespace TspActors.Peer.Tests.Live.Stations;

/// <summary>Checks that songs joined by a station decode to the sound of the songs, sample for sample.</summary>
public sealed class SongFramesSpecs : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [NeedsFact("lame", "ffmpeg", "mpg123")]
    public void Joined_songs_of_constant_bitrate_lose_no_sample() => AssertJoined(2, 44_100, "-b", "128");

    [NeedsFact("lame", "ffmpeg", "mpg123")]
    public void Joined_songs_of_variable_bitrate_lose_no_sample() => AssertJoined(2, 44_100, "-V", "3");

    [NeedsFact("lame", "ffmpeg", "mpg123")]
    public void Joined_songs_with_tags_and_checksums_lose_no_sample() => AssertJoined(
        2, 44_100, "-p", "-b", "192", "--add-id3v2", "--tt", "Title", "--ta", "Artist");

    [NeedsFact("lame", "ffmpeg", "mpg123")]
    public void Joined_mono_songs_lose_no_sample() => AssertJoined(1, 44_100, "-b", "64");

    [NeedsFact("lame", "ffmpeg", "mpg123")]
    public void Joined_songs_of_a_low_sample_rate_lose_no_sample() => AssertJoined(2, 22_050, "-b", "64");

    [NeedsFact("lame", "ffmpeg", "mpg123")]
    public void Neither_the_info_frame_nor_a_frame_of_only_padding_is_sent()
    {
        // At some of these lengths, LAME adds a whole frame of padding beyond what the decoder needs.
        var lengths = Enumerable.Range(0, 12).Select(i =>
        {
            var file = Lame.Make(_folder.In($"{i}.mp3"), 0.5 + i * 100 / 44_100d, arguments: ["-b", "128"]);
            var payload = Lame.Payload(file);
            Assert.True(Mp3InfoFrame.TryRead(payload, out var info));
            var sent = Headers(Send(payload));
            Assert.Equal(info.FrameCount - info.TrailingSamples / 1152, sent.Count);
            return info.TrailingSamples / 1152;
        }).ToList();

        Assert.Contains(1, lengths);
        Assert.Contains(0, lengths);
    }

    [NeedsFact("lame", "ffmpeg")]
    public void Frames_of_only_delay_are_not_sent_if_the_next_frame_borrows_nothing()
    {
        // Without a bit reservoir, no frame borrows bytes from earlier ones.
        var payload = Lame.Payload(Lame.Make(_folder.In("a.mp3"), 1, arguments: ["-b", "128", "--nores"]));
        var whole = Headers(Send(payload)).Count;

        // A frame can be dropped only if the delay covers that frame and the samples in which the next frame settles.
        Assert.Equal(whole, Headers(Send(WithDelay(payload, 1152 + SongFrames.SettlingSamples - 529 - 1))).Count);
        Assert.Equal(whole - 1, Headers(Send(WithDelay(payload, 1152 + SongFrames.SettlingSamples - 529))).Count);
        Assert.Equal(whole - 3, Headers(Send(WithDelay(payload, 4095))).Count);
    }

    [NeedsFact("lame", "ffmpeg")]
    public void Frames_of_delay_that_later_frames_borrow_from_are_sent()
    {
        var payload = Lame.Payload(Lame.Make(_folder.In("a.mp3"), 1, arguments: ["-b", "128"]));
        var headers = Headers(Send(payload));
        Assert.All(headers.Skip(1).Take(4), frame => Assert.NotEqual(0, SideInformation.BorrowedBytes(frame.Header, frame.Bytes)));

        Assert.Equal(headers.Count, Headers(Send(WithDelay(payload, 4095))).Count);
    }

    [NeedsFact("lame", "ffmpeg", "mpg123")]
    public void The_first_frames_of_an_excerpt_are_silent_until_no_borrowed_bytes_are_missing()
    {
        var whole = Lame.Payload(Lame.Make(_folder.In("a.mp3"), 3, arguments: ["-b", "128"]));
        var frames = Headers(Send(whole));
        byte[] cut = [.. frames.Skip(40).SelectMany(frame => frame.Bytes)];
        Assert.NotEqual(0, SideInformation.BorrowedBytes(frames[40].Header, frames[40].Bytes));

        var sent = Send(cut);

        var cutFrames = Headers(sent);
        Assert.Equal(frames.Count - 40, cutFrames.Count);
        var muted = cutFrames.Zip(frames.Skip(40)).TakeWhile(pair => !pair.First.Bytes.SequenceEqual(pair.Second.Bytes)).Count();
        Assert.InRange(muted, 1, 4);
        Assert.Equal(frames.Skip(40 + muted).Select(frame => frame.Bytes), cutFrames.Skip(muted).Select(frame => frame.Bytes));

        // After another song, there is silence first, and then exactly the sound of the whole song at that point.
        File.WriteAllBytes(_folder.In("whole"), [.. frames.SelectMany(frame => frame.Bytes)]);
        File.WriteAllBytes(_folder.In("cut"), [.. frames.Take(20).SelectMany(frame => frame.Bytes), .. sent]);
        var original = Lame.Decode(_folder.In("whole"), gapless: false);
        var joined = Lame.Decode(_folder.In("cut"), gapless: false);
        var settled = 2 * (muted * 1152 + SongFrames.SettlingSamples);
        AssertSame(original[(2 * 40 * 1152 + settled)..], joined[(2 * 20 * 1152 + settled)..]);
        var silence = joined[(2 * (20 * 1152 + SongFrames.SettlingSamples))..(2 * (20 + muted) * 1152)];
        Assert.All(silence, sample => Assert.InRange(sample, -1, 1));
    }

    [NeedsFact("lame", "ffmpeg")]
    public void The_checksum_of_a_muted_frame_is_correct()
    {
        var frames = Headers(Send(Lame.Payload(Lame.Make(_folder.In("a.mp3"), 3, arguments: ["-p", "-b", "128"]))));
        File.WriteAllBytes(_folder.In("cut.mp3"), Send([.. frames.Skip(40).SelectMany(frame => frame.Bytes)]));

        var errors = Lame.Run(
            "ffmpeg", "-v", "warning", "-err_detect", "crccheck", "-i", _folder.In("cut.mp3"), "-f", "null", "-");

        Assert.DoesNotContain("CRC", errors, StringComparison.OrdinalIgnoreCase);
        Assert.True(frames[0].Header.HasCrc);
    }

    [NeedsFact("lame", "ffmpeg")]
    public void Damage_is_skipped_and_frames_that_borrow_lost_bytes_are_silent()
    {
        var payload = Lame.Payload(Lame.Make(_folder.In("a.mp3"), 3, arguments: ["-b", "128"]));
        var good = Headers(Send(payload));
        byte[] junk = [.. Enumerable.Repeat((byte)0x55, 5_000)];
        byte[] damaged = [.. good.Take(30).SelectMany(frame => frame.Bytes), .. junk, .. good.Skip(40).SelectMany(frame => frame.Bytes)];

        var sent = Headers(Send(damaged));

        Assert.Equal(good.Count - 10, sent.Count);
        Assert.NotEqual(good[40].Bytes, sent[30].Bytes);
        Assert.Equal(good[^1].Bytes, sent[^1].Bytes);
    }

    [Property]
    public void Any_bytes_split_anywhere_yield_whole_frames(byte[] noise, int seed)
    {
        var random = new Random(seed);
        var song = File.ReadAllBytes(DemoMusic.Files[0]).AsSpan(0, 40_000).ToArray();
        for (var i = 0; i < noise.Length; i++)
            song[random.Next(song.Length)] = noise[i];

        var output = Send(song, random);

        Assert.Equal(Send(song), output);
        Assert.Equal(output.Length, Headers(output).Sum(frame => frame.Bytes.Length));
    }

    // Checks that the joined stream contains the complete sound of each song after its delay, just as a player decodes the file alone.
    private void AssertJoined(int channels, int rate, params string[] arguments)
    {
        var files = Enumerable.Range(0, 5)
            .Select(i => Lame.Make(_folder.In($"{i}.mp3"), 0.7 + i * 0.013, rate, channels, i + 1, arguments)).ToList();
        var parts = files.Select(file => Send(Lame.Payload(file))).ToList();
        File.WriteAllBytes(_folder.In("joined"), [.. parts.SelectMany(part => part), .. parts[0]]);

        var joined = Lame.Decode(_folder.In("joined"), gapless: false);

        var start = 0;
        foreach (var (file, part) in files.Zip(parts))
        {
            Assert.True(Mp3InfoFrame.TryRead(Lame.Payload(file), out var info));
            var sound = Lame.Decode(file.Path, gapless: true);
            var begin = start + info.DelaySamples + Mp3InfoFrame.DecoderDelaySamples;
            AssertSame(sound, joined[(begin * channels)..][..sound.Length]);
            var frames = Headers(part);
            start += frames.Count * frames[0].Header.SamplesPerFrame;
            // The sound between two songs is shorter than two frames.
            Assert.InRange(start - begin - sound.Length / channels, -1152, 1152);
        }
    }

    // The last bit may differ, because mpg123 adds in an order that depends on the number of earlier frames.
    private static void AssertSame(short[] expected, short[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.DoesNotContain(expected.Zip(actual), pair => Math.Abs(pair.First - pair.Second) > 1);
        Assert.Contains(expected, sample => Math.Abs((int)sample) > 1000);
    }

    private static byte[] WithDelay(byte[] payload, int delay)
    {
        var changed = payload.ToArray();
        var at = payload.AsSpan().IndexOf("LAME"u8) + 21;
        changed[at] = (byte)(delay >> 4);
        changed[at + 1] = (byte)((delay & 15) << 4 | changed[at + 1] & 15);
        return changed;
    }

    private static byte[] Send(byte[] payload, Random? cuts = null)
    {
        var output = new ArrayBufferWriter<byte>();
        var frames = new SongFrames();
        for (var at = 0; at < payload.Length;)
        {
            var length = Math.Min(payload.Length - at, cuts?.Next(1, 3000) ?? int.MaxValue);
            frames.Feed(payload.AsSpan(at, length), output);
            at += length;
        }

        return output.WrittenSpan.ToArray();
    }

    private static List<(Mp3FrameHeader Header, byte[] Bytes)> Headers(byte[] stream)
    {
        var frames = new List<(Mp3FrameHeader Header, byte[] Bytes)>();
        for (var at = 0; at < stream.Length;)
        {
            Assert.True(Mp3FrameHeader.TryParse(stream.AsSpan(at), out var header), $"no frame at {at}");
            frames.Add((header, stream[at..(at + header.FrameBytes)]));
            at += header.FrameBytes;
        }

        return frames;
    }
}
