using TspActors.Playback;

namespace TspActors.SoundCheck;

/// <summary>Plays songs through a backend, as the peer does.</summary>
internal static class Scenario
{
    private static readonly TimeSpan PauseAt = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan PauseFor = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan SeekAt = TimeSpan.FromSeconds(5);

    /// <summary>The target of the seek in song A, as a fraction of its length.</summary>
    private const double SeekTo = 0.8;

    /// <summary>Plays A, with a pause at 3 s and a move from 5 s to 8 s of 10, and then B and C, whose format differs.</summary>
    public static async Task<int> PlayAsync(string audio, string a, string b, string c)
    {
        using var player = New(audio);
        var songs = new[] { a, b, c }.Select(File.ReadAllBytes).ToArray();
        var writing = WriteAsync(player, songs);
        player.Start();
        await ReachAsync(player, PauseAt);
        player.Pause();
        Console.Error.WriteLine($"paused at {player.Position.TotalSeconds:0.00} s");
        await Task.Delay(PauseFor);
        player.Resume();
        await ReachAsync(player, SeekAt);
        player.Seek(TimeSpan.FromSeconds(SeekTo * 10), 0);
        Console.Error.WriteLine("moved to 8 s");
        await writing;
        await WriteAsync(player, [songs[0][(int)(songs[0].Length * SeekTo)..], .. songs[1..]]);
        return await EndAsync(player);
    }

    /// <summary>Plays A, however often its device is lost.</summary>
    public static async Task<int> LoseAsync(string audio, string a)
    {
        using var player = New(audio);
        var writing = WriteAsync(player, [File.ReadAllBytes(a)]);
        player.Start();
        await writing;
        return await EndAsync(player);
    }

    private static SongPlayer New(string audio)
    {
        var backend = AudioBackends.Resolve(audio);
        Console.Error.WriteLine(backend.Reason);
        var player = new SongPlayer(backend, new SongPlayerSettings { InputBufferBytes = 16 * 1024 * 1024 });
        player.Notice += notice => Console.Error.WriteLine($"notice: {notice}");
        player.SongReached += song => Console.Error.WriteLine($"song {song}");
        return player;
    }

    // The input buffer holds all songs, so a write ends before its song is heard.
    private static async Task WriteAsync(SongPlayer player, byte[][] songs)
    {
        for (var song = 0; song < songs.Length; song++)
        {
            if (song > 0)
                player.BeginNext();
            await player.WriteAsync(songs[song]);
        }

        player.Complete();
    }

    private static async Task ReachAsync(SongPlayer player, TimeSpan position)
    {
        while (player.Position < position && !player.Completion.IsCompleted)
            await Task.Delay(5);
    }

    private static async Task<int> EndAsync(SongPlayer player)
    {
        var end = await player.Completion;
        Console.Error.WriteLine($"{end}, {player.Stalls} stalls");
        return end is PlaybackEnd.Finished ? 0 : 1;
    }
}
