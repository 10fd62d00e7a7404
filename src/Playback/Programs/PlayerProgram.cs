using System.Globalization;

namespace TspActors.Playback.Programs;

/// <summary>A program that plays raw samples from its standard input.</summary>
/// <param name="Name">The program's name.</param>
/// <param name="Path">The program's full path.</param>
internal sealed record PlayerProgram(string Name, string Path)
{
    private static readonly string[] Names = ["pw-play", "paplay", "aplay"];

    /// <summary>Returns the programs that are on the PATH, best first.</summary>
    internal static IReadOnlyList<PlayerProgram> Find()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return
        [
            .. from name in Names
               let path = folders.Select(folder => System.IO.Path.Combine(folder, name)).FirstOrDefault(File.Exists)
               where path is not null
               select new PlayerProgram(name, path),
        ];
    }

    /// <summary>Returns the arguments for a format, a device (null for the default one) and a maximum buffer.</summary>
    internal IReadOnlyList<string> ArgumentsFor(PcmFormat format, string? device, TimeSpan buffer)
    {
        var (rate, channels) = (Text(format.Rate), Text(format.Channels));
        var milliseconds = Math.Max(1, (long)buffer.TotalMilliseconds);
        return Name switch
        {
            "pw-play" =>
            [
                "--raw", "--format=s16", $"--rate={rate}", $"--channels={channels}", $"--latency={Text(milliseconds)}ms",
                .. device is null ? Array.Empty<string>() : [$"--target={device}"], "-",
            ],
            "paplay" =>
            [
                "--raw", BitConverter.IsLittleEndian ? "--format=s16le" : "--format=s16be", $"--rate={rate}", $"--channels={channels}",
                $"--latency-msec={Text(milliseconds)}", "--client-name=TspActors",
                .. device is null ? Array.Empty<string>() : [$"--device={device}"],
            ],
            _ =>
            [
                "-q", "-t", "raw", "-f", BitConverter.IsLittleEndian ? "S16_LE" : "S16_BE", "-r", rate, "-c", channels,
                $"--buffer-time={Text(milliseconds * 1000)}", .. device is null ? Array.Empty<string>() : ["-D", device],
            ],
        };
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
