using System.Globalization;
using System.Net;
using Akka.Actor;
using TspActors.Peer.Live.Sources;
using TspActors.Peer.Tests.Material;
using TspActors.Shared;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Live.Sources;

/// <summary>Checks the door with real programs that send MP3.</summary>
public sealed class RealSourceSpecs(ITestOutputHelper output) : PeerSpec(output)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private readonly TakingFeed.Received _received = new();

    [NeedsFact("ffmpeg")]
    public async Task Ffmpeg_sends_with_PUT()
    {
        var port = await OpenAsync();

        await FfmpegAsync(port, "-content_type", "audio/mpeg");

        await HasArrivedAsync();
        Assert.StartsWith("Lavf", Assert.Single(_received.Descriptions), StringComparison.Ordinal);
    }

    [NeedsFact("ffmpeg")]
    public async Task Ffmpeg_sends_with_SOURCE()
    {
        var port = await OpenAsync();

        await FfmpegAsync(port, "-content_type", "audio/mpeg", "-legacy_icecast", "1", "-ice_name", "Night");

        await HasArrivedAsync();
        Assert.Contains("\"Night\"", Assert.Single(_received.Descriptions), StringComparison.Ordinal);
    }

    [NeedsFact("ffmpeg")]
    public async Task Ffmpeg_reports_a_wrong_password()
    {
        var port = await OpenAsync();
        using var ffmpeg = ClientProgram.Start(
            Folder.Path, "ffmpeg", "-nostdin", "-i", DemoMusic.Files[0], "-c", "copy", "-f", "mp3", $"icecast://source:wrong@127.0.0.1:{port}/live");

        Assert.NotEqual(0, await ffmpeg.EndAsync());
        Assert.Contains("401", ffmpeg.Output, StringComparison.Ordinal);
        Assert.Equal(0, _received.Frames);
    }

    [NeedsFact("curl")]
    public async Task Curl_sends_chunks_and_sets_a_title()
    {
        var port = await OpenAsync();
        using var curl = ClientProgram.Start(
            Folder.Path, "sh", "-c",
            // The song fits into the pipe, so the request for the title is repeated until the door has the source.
            $"(cat \"$0\"; until curl -sS -u source:hush 'http://127.0.0.1:{port}/admin/metadata?mount=/live&mode=updinfo&song=Bj%F6rk%20-%20J%F3ga'"
            + $" | grep -q '<return>1'; do :; done) | curl -sS -u source:hush -T - http://127.0.0.1:{port}/live",
            DemoMusic.Files[0]);

        Assert.True(await curl.EndAsync() == 0, curl.Output);

        await HasArrivedAsync();
        Assert.Equal(["Björk - Jóga"], _received.Titles);
    }

    [NeedsFact("ezstream")]
    public async Task Ezstream_sends_a_song_and_its_title()
    {
        var port = await OpenAsync();
        var file = Folder.In("ezstream.xml");
        await File.WriteAllTextAsync(
            file, $"""
                <ezstream>
                  <servers><server><hostname>127.0.0.1</hostname><port>{port}</port>
                    <password>hush</password><tls>none</tls></server></servers>
                  <streams><stream><mountpoint>/live</mountpoint><format>MP3</format></stream></streams>
                  <intakes><intake><type>file</type><filename>{DemoMusic.Files[0]}</filename></intake></intakes>
                </ezstream>
                """);
        using var ezstream = ClientProgram.Start(Folder.Path, "ezstream", "-v", "-c", file);

        await HasArrivedAsync(ezstream);
        await AwaitAssertAsync(() => Assert.NotEmpty(_received.Titles), Deadline);
        Assert.StartsWith("libshout", _received.Descriptions.First(), StringComparison.Ordinal);
    }

    [NeedsFact("liquidsoap")]
    public async Task Liquidsoap_sends_a_song_and_its_title()
    {
        var port = await OpenAsync();
        using var liquidsoap = ClientProgram.Start(
            Folder.Path, "liquidsoap", "settings.init.allow_root.set(true)",
            $"output.icecast(%mp3(bitrate=128), host=\"127.0.0.1\", port={port}, user=\"source\", password=\"hush\", mount=\"live\", name=\"Night\", "
                + $"fallible=true, single('annotate:artist=\"Björk\",title=\"Jóga\":{DemoMusic.Files[0]}'))");

        await HasArrivedAsync(liquidsoap);
        await AwaitAssertAsync(() => Assert.Contains("Björk - Jóga", _received.Titles), Deadline);
        Assert.StartsWith("Liquidsoap", _received.Descriptions.First(), StringComparison.Ordinal);
    }

    [NeedsFact("darkice", "pulseaudio", "pactl:pulseaudio-utils")]
    public async Task Darkice_sends_the_sound_of_a_sound_card()
    {
        var port = await OpenAsync();
        using var sound = await StartSoundAsync();
        var file = Folder.In("darkice.cfg");
        await File.WriteAllTextAsync(
            file, $"""
                [general]
                duration = 0
                bufferSecs = 1
                realtime = no
                [input]
                device = pulseaudio
                paSourceName = tsp.monitor
                sampleRate = 44100
                bitsPerSample = 16
                channel = 2
                [icecast2-0]
                bitrateMode = cbr
                bitrate = 128
                format = mp3
                server = 127.0.0.1
                port = {port}
                password = hush
                mountPoint = live

                """);
        using var darkice = ClientProgram.Start(Folder.Path, "darkice", "-c", file);

        await HasArrivedAsync(darkice);
    }

    [NeedsFact("butt", "Xvfb:xvfb", "pulseaudio", "pactl:pulseaudio-utils")]
    public async Task Butt_sends_the_sound_of_a_sound_card_and_a_title()
    {
        var port = await OpenAsync();
        using var sound = await StartSoundAsync();
        // butt has a window, so it needs a display.
        using var screen = ClientProgram.Start(Folder.Path, "sh", "-c", "exec Xvfb -displayfd 3 -nolisten tcp 3> display");
        await File.WriteAllTextAsync(Folder.In("title.txt"), "Björk - Jóga\n");
        await File.WriteAllTextAsync(
            Folder.In("buttrc"), $"""
                [main]
                server = tsp
                num_of_srv = 1
                srv_ent = tsp
                num_of_icy = 0
                song_path = {Folder.In("title.txt")}
                song_update = 1
                connect_at_startup = 1
                [audio]
                device = default
                samplerate = 44100
                bitrate = 128
                channel = 2
                codec = mp3
                [tsp]
                address = 127.0.0.1
                port = {port}
                password = hush
                type = 1
                tls = 0
                mount = live
                usr = source

                """);
        using var butt = ClientProgram.Start(
            Folder.Path, "sh", "-c", "until [ -s display ]; do :; done; DISPLAY=:$(cat display) exec butt -c buttrc -x");

        await HasArrivedAsync(butt);
        await AwaitAssertAsync(() => Assert.Equal(["Björk - Jóga"], _received.Titles), Deadline);
        Assert.StartsWith("butt", Assert.Single(_received.Descriptions), StringComparison.Ordinal);
    }

    // Starts a separate sound server with a single device, which discards its sound.
    private async Task<ClientProgram> StartSoundAsync()
    {
        var sound = ClientProgram.Start(
            Folder.Path, "pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--high-priority=no",
            "--realtime=no", "-L", "module-null-sink sink_name=tsp", "-L",
            $"module-native-protocol-unix auth-anonymous=1 socket={Folder.In("native")}");
        using var ready = ClientProgram.Start(Folder.Path, "sh", "-c", "until pactl info; do :; done");
        await ready.EndAsync();
        return sound;
    }

    private async Task<string> OpenAsync()
    {
        var parent = CreateTestProbe();
        var feed = Sys.ActorOf(Props.Create(() => new TakingFeed(_received)));
        var door = parent.ChildActorOf(IcecastDoorActor.Props(new IPEndPoint(IPAddress.Loopback, 0)));
        door.Tell(new AddMount("/live", "hush", "Live", feed));
        var opened = await parent.ExpectMsgAsync<DoorOpened>(Deadline);
        return ((IPEndPoint)opened.EndPoint).Port.ToString(CultureInfo.InvariantCulture);
    }

    private async Task FfmpegAsync(string port, params string[] options)
    {
        using var ffmpeg = ClientProgram.Start(
            Folder.Path, "ffmpeg",
            [
                "-nostdin", "-i", DemoMusic.Files[0], "-c", "copy", "-f", "mp3", .. options, $"icecast://source:hush@127.0.0.1:{port}/live",
            ]);
        Assert.True(await ffmpeg.EndAsync() == 0, ffmpeg.Output);
    }

    private Task HasArrivedAsync(ClientProgram? program = null) => AwaitAssertAsync(
        () => Assert.True(_received.Frames > 100, $"{_received.Frames} frames; {program?.HasEnded} {program?.Output}"), Deadline);
}
