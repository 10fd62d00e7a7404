using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests.Documents;

/// <summary>A tracker and a peer that shares three songs. The documented commands use them unless they start their own tracker.</summary>
public sealed class DocumentedCommunity : IAsyncLifetime
{
    // A second of sound, because some commands play a song in real time.
    private const int FramesPerSong = 40;

    private static readonly (string Title, string Artist, string Year)[] Tags =
    [
        ("Snowmelt Waltz", "The Quiet Actors", "2024"),
        ("Army of Me", "Björk", "1995"),
        ("Clockwork Garden", "TspActors Ensemble", "2025"),
    ];

    public Stage Stage { get; } = new();

    public TrackerProgram Tracker { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        // The command doctor expects the tracker to try the peer's port.
        Tracker = await Stage.StartTrackerAsync(0, "TSP__TRACKER__REACHABILITY__ENABLED=on");
        var music = Stage.Music("documented");
        ManySongs.Write(music, Tags.Length, FramesPerSong);
        foreach (var (number, song) in Tags.Index())
        {
            var path = Path.Combine(music, $"{number}.mp3");
            byte[] tagged =
            [
                .. TagBytes.Id3v23(
                    ("TIT2", song.Title), ("TPE1", song.Artist), ("TALB", "Post"), ("TYER", song.Year), ("TRCK", "1")),
                .. await File.ReadAllBytesAsync(path),
            ];
            await File.WriteAllBytesAsync(path, tagged);
        }

        await Stage.StartPeerAsync(Tracker, "documented");
    }

    public async Task DisposeAsync() => await Stage.DisposeAsync();
}
