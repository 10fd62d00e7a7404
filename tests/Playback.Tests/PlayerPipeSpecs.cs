using System.Diagnostics;
using TspActors.Playback.Programs;

namespace TspActors.Playback.Tests;

/// <summary>Checks the pipe into a player program, with shell scripts in place of the program.</summary>
public sealed class PlayerPipeSpecs : IDisposable
{
    private static readonly PcmFormat Format = new(8000, 1);
    private static readonly AudioSettings Settings = new() { ProgramDeadline = TimeSpan.FromSeconds(30) };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tsp-playback-");

    public void Dispose() => _folder.Delete(recursive: true);

    [NeedsFact("sh:dash")]
    public void All_samples_reach_the_program_before_a_drain_ends()
    {
        using var output = Output(Settings, Script("cat >> sound"));
        output.Open(Format);
        var sound = RawBackend.Song(500);
        output.Write(sound, CancellationToken.None);
        Assert.True(output.Drain(CancellationToken.None));
        output.Write(sound, CancellationToken.None);
        Assert.True(output.Drain(CancellationToken.None));

        // The probe played 20 ms of silence.
        Assert.Equal([.. new byte[320], .. sound, .. sound], File.ReadAllBytes(PathOf("sound")));
    }

    [NeedsFact("sh:dash")]
    public void The_first_program_that_finds_a_device_is_used()
    {
        var programs = (PlayerProgram[])[Script("echo no device >&2; exit 1"), new("gone", PathOf("gone")), Script("cat > sound")];
        using var output = new PlayerPipeOutput(null, Settings, [programs[0], programs[2]]);
        output.Open(Format);
        Assert.Equal(programs[2].Name, output.Name);

        using var none = new PlayerPipeOutput(null, Settings, [programs[0]]);
        var failure = Assert.Throws<AudioOutputException>(() => none.Open(Format));
        Assert.Equal("No player program could find a sound device (script0: no device).", failure.Message);
        using var missing = new PlayerPipeOutput(null, Settings, [programs[1]]);
        Assert.StartsWith(
            "The program gone cannot be started: ", Assert.Throws<AudioOutputException>(() => missing.Open(Format)).Message,
            StringComparison.Ordinal);
    }

    [NeedsFact("sh:dash")]
    public void A_program_that_dies_is_reported_with_the_beginning_of_its_messages()
    {
        var flood = "head -c 10000000 /dev/zero | tr '\\0' y >&2";
        using var output = Output(Settings, Script($"[ -e probed ] || {{ cat > probed; exit 0; }}; {flood}; exit 1"));
        output.Open(Format);
        var failure = Assert.Throws<AudioOutputException>(() =>
        {
            for (var i = 0; i < 100; i++)
                output.Write(RawBackend.Song(5000), CancellationToken.None);
        });
        Assert.StartsWith("The program script0 ", failure.Message, StringComparison.Ordinal);
        Assert.InRange(failure.Message.Length, 0, 400);
    }

    [NeedsFact("sh:dash")]
    public async Task A_program_that_hangs_is_killed_at_the_deadline()
    {
        var script = Script("[ -e probed ] || { cat > probed; exit 0; }; echo $$ > started; exec sleep 1000");
        using var output = Output(Settings with { ProgramDeadline = TimeSpan.FromSeconds(2) }, script);
        output.Open(Format);
        var failure = Assert.Throws<AudioOutputException>(() =>
        {
            for (var i = 0; i < 100; i++)
                output.Write(RawBackend.Song(5000), CancellationToken.None);
        });
        Assert.Equal("The program script0 has stopped accepting audio.", failure.Message);
        await HasEndedAsync("started");
    }

    [NeedsFact("sh:dash")]
    public async Task Nothing_is_left_running()
    {
        var script = Script("[ -e probed ] || { cat > probed; exit 0; }; echo $$ > started; exec sleep 1000");
        var output = Output(Settings, script);
        output.Open(Format);
        foreach (var end in (Action[])[output.Drop, output.Pause, output.Dispose])
        {
            File.Delete(PathOf("started"));
            output.Write(RawBackend.Song(10), CancellationToken.None);
            await Limits.Until(() => File.Exists(PathOf("started")) && File.ReadAllText(PathOf("started")).EndsWith('\n'));
            end();
            await HasEndedAsync("started");
        }
    }

    [NeedsFact("sh:dash")]
    public void An_interrupted_drain_can_be_repeated_and_writing_continues()
    {
        using var output = Output(Settings, Script("[ -e probed ] || { cat > probed; exit 0; }; cat >> sound; read x < gate"));
        Process.Start("mkfifo", [PathOf("gate")]).WaitForExit();
        output.Open(Format);
        var sound = RawBackend.Song(100);
        output.Write(sound, CancellationToken.None);
        using var interrupted = new CancellationTokenSource();
        interrupted.Cancel();
        Assert.False(output.Drain(interrupted.Token));
        // The pipe is opened for reading and writing, so that opening it does not wait for a reader.
        using var gate = new FileStream(PathOf("gate"), FileMode.Open, FileAccess.ReadWrite);
        gate.Write("go on\ngo on\n"u8);
        gate.Flush();
        output.Write(sound, CancellationToken.None);
        Assert.True(output.Drain(CancellationToken.None));
        Assert.Equal([.. sound, .. sound], File.ReadAllBytes(PathOf("sound")));
    }

    private static PlayerPipeOutput Output(AudioSettings settings, PlayerProgram program) => new(null, settings, [program]);

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    private PlayerProgram Script(string commands)
    {
        var name = $"script{_folder.GetFiles("script*").Length}";
        File.WriteAllText(PathOf(name), $"#!/bin/sh\ncd {_folder.FullName}\n{commands}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(PathOf(name), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return new PlayerProgram(name, PathOf(name));
    }

    private async Task HasEndedAsync(string file)
    {
        var status = $"/proc/{File.ReadAllText(PathOf(file)).Trim()}";
        await Limits.Until(() => !Directory.Exists(status));
    }
}
