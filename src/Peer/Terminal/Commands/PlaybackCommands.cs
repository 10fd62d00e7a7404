using System.Globalization;
using TspActors.Peer.Listening;

namespace TspActors.Peer.Terminal.Commands;

/// <summary>Stops the song and empties the queue.</summary>
internal sealed class StopCommand() : ConsoleCommand("stop", "stop", "stop playing, and empty the queue")
{
    public override async Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation)
    {
        var done = await console.ControlPlaybackAsync(StopPlaying.Instance).ConfigureAwait(false);
        var cleared = done.Removed > 0 ? $"; \"undo\" brings back the queue ({Counted.Text(done.Removed, "song")})" : "";
        console.Screen.Note($"stopped{cleared}");
    }
}

/// <summary>Pauses the song.</summary>
internal sealed class PauseCommand() : ConsoleCommand("pause", "pause", "pause the song")
{
    public override Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation) =>
        console.ControlPlaybackAsync(new SetPaused(true), "paused");
}

/// <summary>Resumes a paused song.</summary>
internal sealed class ResumeCommand() : ConsoleCommand("resume", "resume", "resume the song")
{
    public override Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation) =>
        console.ControlPlaybackAsync(new SetPaused(false), "playing");
}

/// <summary>Continues the song at a different position.</summary>
internal sealed class SeekCommand() : ConsoleCommand("seek", "seek <m:ss|+s|-s>", "go to this position, or this many seconds from here")
{
    public override async Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation)
    {
        if (argument.Length == 0)
            throw new CommandException("seek to where? Type seek 1:30, seek +10 or seek -10");
        if (argument[0] is not ('+' or '-'))
        {
            await console.ControlPlaybackAsync(new SeekTo(ParseTime(argument)), $"at {argument}").ConfigureAwait(false);
            return;
        }

        var step = ParseTime(argument[1..]);
        var from = (await console.GetPlaybackAsync().ConfigureAwait(false)).Position;
        var to = argument[0] == '+' ? from + step : from > step ? from - step : TimeSpan.Zero;
        await console.ControlPlaybackAsync(new SeekTo(to), $"at {SongText.Time(to)}").ConfigureAwait(false);
    }

    /// <summary>Parses a time in seconds, in minutes and seconds, or in hours, minutes and seconds.</summary>
    /// <exception cref="CommandException">The text is not a time.</exception>
    public static TimeSpan ParseTime(string text)
    {
        var parts = text.Split(':');
        var numbers = new int[3];
        if (parts.Length is < 1 or > 3)
            throw NotATime(text);
        for (var i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[3 - parts.Length + i])
                || numbers[3 - parts.Length + i] > 100_000)
                throw NotATime(text);
        }

        return new TimeSpan(numbers[0], numbers[1], numbers[2]);
    }

    private static CommandException NotATime(string text) => new($"\"{text}\" is not a time; write minutes and seconds, such as 1:30");
}

/// <summary>Shows the volume, or sets it.</summary>
internal sealed class VolumeCommand() : ConsoleCommand("volume", "volume [0-100]", "show the volume; with a number, set it")
{
    public override async Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation)
    {
        if (argument.Length == 0)
            console.Screen.Result($"volume {(await console.GetPlaybackAsync().ConfigureAwait(false)).Volume}");
        else
            await console.ControlPlaybackAsync(new SetVolume(ParsePercent(argument)), $"volume {argument}").ConfigureAwait(false);
    }

    private static int ParsePercent(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var percent) && percent <= 100
            ? percent
            : throw new CommandException($"\"{text}\" is not a volume; write a number from 0 to 100");
}
