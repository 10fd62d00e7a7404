using System.Diagnostics;

namespace TspActors.Media.Tests.Material;

/// <summary>Runs native programs whose results the tests use as a reference.</summary>
public static class Native
{
    /// <summary>Runs a program and returns its output, stdout before stderr.</summary>
    public static string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {errors.Result}");
        return output + errors.Result;
    }

    /// <summary>Writes a WAV file with a tone and returns its path.</summary>
    public static string Wav(TempFolder folder, double seconds, int rate, int channels)
    {
        var path = folder.In($"{rate}-{channels}.wav");
        var sound = string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"aevalsrc='0.3*sin(440*2*PI*t*(1+t/9))+0.05*random(0)':d={seconds}:s={rate}");
        Run("ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", sound, "-ac", $"{channels}", path);
        return path;
    }
}
