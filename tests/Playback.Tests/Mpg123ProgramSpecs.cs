using TspActors.Playback.Mpg123;
using TspActors.Playback.Outputs;

namespace TspActors.Playback.Tests;

/// <summary>Checks the fallback to the program mpg123, replaced here by a shell script.</summary>
[Collection(nameof(RunsAlone))] // a script cannot start ("text file busy") if another test started a process while the script was written
public sealed class Mpg123ProgramSpecs : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tsp-playback-");
    private readonly ManualClock _time = new();

    public void Dispose() => _folder.Delete(recursive: true);

    [NeedsFact("lame", "sh:dash")]
    public async Task The_program_receives_every_byte_while_the_clock_tracks_the_position()
    {
        var song = Songs.Encode(44100, 2, 3, "-b", "128", "-t");
        var heard = Path.Combine(_folder.FullName, "heard.mp3");
        using var player = new SongPlayer(Backend($"cat > '{heard}'"));
        player.Start();
        await player.WriteAsync(song);
        player.Complete();

        await _time.RunUntil(player.Completion);
        Assert.IsType<PlaybackEnd.Finished>(await player.Completion);
        Assert.Equal(song, File.ReadAllBytes(heard));
        Assert.InRange(player.Position, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3.3));
    }

    [NeedsFact("lame", "sh:dash")]
    public async Task The_song_continues_silently_when_the_program_ends_early()
    {
        var song = Songs.Encode(44100, 2, 10, "-b", "320", "-t");
        using var player = new SongPlayer(Backend("exit 3"));
        var notices = new List<string>();
        player.Notice += notices.Add;
        player.Start();
        await player.WriteAsync(song);
        player.Complete();

        await _time.RunUntil(player.Completion);
        Assert.IsType<PlaybackEnd.Finished>(await player.Completion);
        Assert.Contains("continues silently", Assert.Single(notices), StringComparison.Ordinal);
    }

    [NeedsFact("sh:dash")]
    public void A_song_that_continues_after_its_announced_end_is_sent_to_a_new_process()
    {
        var heard = Path.Combine(_folder.FullName, "heard.mp3");
        var notices = new List<string>();
        byte[] song = RawBackend.Song(1000);
        using (var decoder = Backend($"cat >> '{heard}'").CreateDecoder(notices.Add))
        {
            decoder.Feed(song.AsSpan(0, 700));
            decoder.Complete();
            decoder.Feed(song.AsSpan(700));
            decoder.Complete();
        }

        Assert.Empty(notices);
        Assert.Equal(song, File.ReadAllBytes(heard));
    }

    private AudioBackend Backend(string script)
    {
        var program = Path.Combine(_folder.FullName, "mpg123");
        File.WriteAllText(program, $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new AudioBackend("mpg123 program", "")
        {
            CreateDecoder = notice => new Mpg123Program(program, new AudioSettings { ProgramDeadline = Limits.Test }, notice),
            CreateOutput = _ => new NullOutput(_time),
        };
    }
}
