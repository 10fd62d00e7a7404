using System.Diagnostics;

namespace TspActors.Playback.Tests;

/// <summary>Checks that playback leaks no files, threads or memory.</summary>
[Collection(nameof(RunsAlone))] // counts the open files and the threads of the whole process
public sealed class LeakSpecs : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tsp-playback-");

    public void Dispose() => _folder.Delete(recursive: true);

    [NeedsFact("lame", "mpg123")]
    public async Task A_thousand_plays_seeks_song_changes_and_stops_leak_nothing()
    {
        if (!Directory.Exists("/proc/self/fd"))
            return;
        var song = Songs.Encode(44100, 2, 0.5, "-b", "64");
        // Warms up, so that everything that is allocated only once (pooled buffers, compiled code) already exists.
        await PlayAll(song, 100);
        var (files, memory) = (OpenFiles(), Memory());

        await PlayAll(song, 1000);

        await Limits.Until(() => PlayerThreads() == 0);
        // A leak would be one file per song; the test runner itself may open one or two.
        Assert.InRange(OpenFiles(), 0, files + 10);
        // Each player has more than a megabyte of buffers, so a thousand leaked players would take a gigabyte.
        var (managed, resident) = Memory();
        Assert.InRange(managed, 0, memory.Managed + 20_000_000);
        Assert.InRange(resident, 0, memory.Resident + 100_000_000);
    }

    // Covers the four ways in which a player ends: played to the end, stopped, disposed while it waits, never started.
    private async Task PlayAll(byte[] song, int songs)
    {
        var wav = AudioBackends.Resolve("wav:" + Path.Combine(_folder.FullName, "out.wav"));
        var silent = AudioBackends.Resolve("null");
        for (var i = 0; i < songs; i++)
        {
            using var player = new SongPlayer(i % 2 == 0 ? wav : silent);
            if (i % 50 != 49)
                player.Start();
            await player.WriteAsync(song);
            player.BeginNext();
            await player.WriteAsync(song);
            player.Seek(TimeSpan.FromSeconds(0.25));
            await player.WriteAsync(song.AsMemory(song.Length / 2));
            if (i % 4 == 1)
                player.Stop();
            if (i % 4 != 2)
                continue;
            player.Complete();
            await player.Completion.WaitAsync(Limits.Test);
        }
    }

    private static (long Managed, long Resident) Memory()
    {
        var managed = GC.GetTotalMemory(forceFullCollection: true);
        using var process = Process.GetCurrentProcess();
        return (managed, process.WorkingSet64);
    }

    private static int OpenFiles() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    private static int PlayerThreads() => Directory.GetDirectories("/proc/self/task").Count(IsPlayer);

    private static bool IsPlayer(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm")).TrimEnd() == "song player";
        }
        catch (IOException)
        {
            return false; // the thread ended between listing and reading
        }
    }
}
