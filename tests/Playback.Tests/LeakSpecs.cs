using TspActors.Testing;

namespace TspActors.Playback.Tests;

[Collection(nameof(RunsAlone))] // counts the files and threads of the whole process
public sealed class LeakSpecs : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tsp-playback-");

    public void Dispose() => _folder.Delete(recursive: true);

    [NeedsFact("lame", "mpg123")]
    public async Task Two_hundred_songs_leave_no_thread_and_no_file_behind()
    {
        if (!Directory.Exists("/proc/self/fd"))
            return;
        var song = Songs.Encode(44100, 2, 0.5, "-b", "64");
        await PlayAll(song, 10);
        var before = OpenFiles();

        await PlayAll(song, 200);

        await Limits.Until(() => PlayerThreads() == 0);
        // Not a file more for every song; the runner itself may open one or two.
        Assert.InRange(OpenFiles(), 0, before + 10);
    }

    private async Task PlayAll(byte[] song, int songs)
    {
        var wav = AudioBackends.Resolve("wav:" + Path.Combine(_folder.FullName, "out.wav"));
        var silent = AudioBackends.Resolve("null");
        for (var i = 0; i < songs; i++)
        {
            using var player = new SongPlayer(i % 2 == 0 ? wav : silent);
            player.Start();
            await player.WriteAsync(song);
            if (i % 2 == 1)
            {
                player.Stop();
            }
            else
            {
                player.Complete();
                await player.Completion.WaitAsync(Limits.Test);
            }
        }
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
            return false; // ended between listing and reading
        }
    }
}
