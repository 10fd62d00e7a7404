using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests;

/// <summary>Checks that desktops and media keys control the console over D-Bus (MPRIS), with a private bus for each test.</summary>
public sealed class MediaKeySpecs
{
    private const string Player = "tsp_peer";

    [NeedsFact("lame", "dbus-daemon:dbus", "playerctl")]
    public async Task Playerctl_reads_and_controls_the_console()
    {
        await using var desk = await Desk.StartAsync();
        var console = await desk.StartConsoleAsync("carol");
        await desk.AnswersAsync("Stopped", "status");
        await console.Process.TypeAsync("play lights");
        await desk.AnswersAsync("Playing", "status");
        await console.Process.TypeAsync("queue waltz");
        await console.Process.ReportsAsync("^queued");

        await desk.AnswersAsync(
            "Alice|Harbour Lights|Sea|2:00",
            "metadata", "--format", "{{artist}}|{{title}}|{{album}}|{{duration(mpris:length)}}");
        await desk.RunAsync("pause");
        await desk.AnswersAsync("Paused", "status");
        await desk.RunAsync("position", "20");
        await desk.AnswersAsync("20.000000", "position");
        await desk.RunAsync("play-pause");
        await desk.AnswersAsync("Playing", "status");
        await desk.RunAsync("volume", "0.4");
        await desk.AnswersAsync("0.400000", "volume");
        await console.Process.AskAsync("volume", "^volume 40$");
        await desk.RunAsync("loop", "Playlist");
        await desk.AnswersAsync("Playlist", "loop");
        await desk.RunAsync("loop", "None");
        await desk.RunAsync("next");
        await desk.AnswersAsync("Snowmelt Waltz", "metadata", "title");
        await desk.RunAsync("previous");
        await desk.AnswersAsync("Harbour Lights", "metadata", "title");
        await desk.RunAsync("stop");
        await desk.AnswersAsync("Stopped", "status");
        await desk.RunAsync("play");
        await desk.AnswersAsync("Harbour Lights", "metadata", "title");
        await desk.QuitAsync();
        await console.Process.ExitsWithAsync(0);
    }

    [NeedsFact("lame", "dbus-daemon:dbus", "playerctl")]
    public async Task Changes_are_announced_and_a_second_peer_has_a_name_of_its_own()
    {
        await using var desk = await Desk.StartAsync();
        var first = await desk.StartConsoleAsync("carol");
        await desk.AnswersAsync("Stopped", "status");
        var monitor = desk.Monitor();
        await monitor.PrintsAsync("NameAcquired|member=NameLost|signal");
        await first.Process.TypeAsync("play lights");
        await monitor.PrintsAsync("member=PropertiesChanged(.|\\n)*string \"Playing\"");
        await monitor.PrintsAsync("string \"Harbour Lights\"");
        await first.Process.TypeAsync("seek 9");
        await monitor.PrintsAsync("member=Seeked\\n +int64 9[0-9]{6}");

        var second = await desk.StartConsoleAsync("dave");
        var name = $"{Player}.instance{second.Process.Id}";
        await desk.AnswersAsync($"{Player}\n{name}", "--list-all");
    }

    [NeedsFact("lame", "dbus-daemon:dbus", "playerctl")]
    public async Task The_music_continues_when_the_bus_hangs_or_ends()
    {
        await using var desk = await Desk.StartAsync();
        var console = await desk.StartConsoleAsync("carol");
        await console.Process.TypeAsync("play lights");
        await desk.AnswersAsync("Playing", "status");
        desk.Bus.Signal("STOP");
        foreach (var command in new[] { "pause", "resume", "volume 30", "seek 5", "queue waltz" })
            await console.Process.TypeAsync(command);
        await console.Process.AskAsync("status", "^playing   ▶ Alice – Harbour Lights");
        desk.Bus.Signal("KILL");
        await desk.Bus.ExitAsync();
        await console.Process.AskAsync("status", "^playing   ▶ Alice – Harbour Lights");
        await console.Process.TypeAsync("quit");
        await console.Process.ExitsWithAsync(0);
    }

    [NeedsFact("lame", "dbus-daemon:dbus", "playerctl")]
    public async Task The_play_command_is_controlled_too_and_media_keys_can_be_turned_off()
    {
        await using var desk = await Desk.StartAsync();
        var off = await desk.StartConsoleAsync("carol", "TSP__PEER__LISTENING__MEDIA_KEYS=off");
        await off.Process.AskAsync("volume", "^volume 100$");
        var play = desk.StartPlay();
        await desk.AnswersAsync("Playing", "status");
        await desk.RunAsync("pause");
        await desk.AnswersAsync("Paused", "status");
        await desk.AnswersAsync(Player, "--list-all");
        await desk.QuitAsync();
        await play.ReportsAsync("^stopped$");
        await play.ExitAsync();
    }

    [NeedsFact("lame")]
    public async Task A_missing_bus_is_not_an_error()
    {
        await using var stage = new Stage();
        var tracker = await stage.StartTrackerAsync();
        var console = await stage.StartConsoleAsync(tracker, "carol", $"DBUS_SESSION_BUS_ADDRESS=unix:path={stage.Folder.In("no")}");
        await console.Process.AskAsync("volume", "^volume 100$");
        await console.Process.TypeAsync("quit");
        await console.Process.ExitsWithAsync(0);

        Assert.DoesNotContain("error", console.Process.Errors.Text, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>A session with a bus, a tracker and a host.</summary>
    private sealed class Desk : IAsyncDisposable
    {
        private readonly Stage _stage = new();
        private TrackerProgram _tracker = null!;

        public ProgramProcess Bus { get; private set; } = null!;

        private string Address { get; set; } = "";

        private string Variable => $"DBUS_SESSION_BUS_ADDRESS={Address}";

        public static async Task<Desk> StartAsync()
        {
            var desk = new Desk();
            await desk.StartBusAsync();
            await desk.ShareAsync("Harbour Lights", 440);
            await desk.ShareAsync("Snowmelt Waltz", 550);
            desk._tracker = await desk._stage.StartTrackerAsync();
            await desk._stage.StartPeerAsync(desk._tracker, "alice");
            return desk;
        }

        public Task<PeerProgram> StartConsoleAsync(string name, params string[] environment) =>
            _stage.StartConsoleAsync(_tracker, name, [Variable, .. environment]);

        public ProgramProcess StartPlay() =>
            _stage.Start("Peer", ["play", "lights", "--audio", "null", "--tracker", _tracker.Address], [Variable]);

        public ProgramProcess Monitor() => _stage.StartNative("dbus-monitor", ["--session", "type='signal'"], [Variable]);

        public async Task RunAsync(params string[] arguments) => await Playerctl(arguments).ExitsWithAsync(0);

        public async Task QuitAsync() => await _stage.StartNative(
            "dbus-send",
            ["--session", "--print-reply", $"--dest=org.mpris.MediaPlayer2.{Player}", "/org/mpris/MediaPlayer2", "org.mpris.MediaPlayer2.Quit"],
            [Variable]).ExitAsync();

        /// <summary>Runs playerctl until it prints the expected answer.</summary>
        public Task<string> AnswersAsync(string expected, params string[] arguments) => Catalog.EventuallyAsync(
            async () =>
            {
                var asked = Playerctl(arguments);
                await asked.ExitAsync();
                return asked.Output.Text.Trim();
            },
            answer => answer == expected,
            $"playerctl {string.Join(' ', arguments)} prints {expected}");

        public ValueTask DisposeAsync() => _stage.DisposeAsync();

        private ProgramProcess Playerctl(string[] arguments) => _stage.StartNative(
            "playerctl", arguments is ["--list-all"] ? arguments : ["--player", Player, .. arguments], [Variable]);

        private async Task StartBusAsync()
        {
            Bus = _stage.StartNative("dbus-daemon", ["--session", "--print-address", "--nofork", "--nopidfile"]);
            Address = (await Bus.PrintsAsync("^(unix:\\S+)$")).Groups[1].Value;
        }

        private async Task ShareAsync(string title, int pitch) => _stage.Share(
            "alice", $"{pitch}.mp3",
            [.. TagBytes.Id3v23(("TIT2", title), ("TPE1", "Alice"), ("TALB", "Sea")), .. await Songs.ToneAsync(pitch, 120)]);
    }
}
