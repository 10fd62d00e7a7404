using System.Globalization;
using TspActors.Peer.Library;

namespace TspActors.Peer.Terminal;

/// <summary>Shows how far a scan of the music folders is: a bar on a terminal, now and then a line otherwise.</summary>
internal sealed class ScanDisplay(Screen screen)
{
    // The bar would only flicker for a scan that is done at once.
    private static readonly TimeSpan QuietStart = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    private TimeSpan _nextLine = QuietStart;

    /// <summary>Takes an event of the peer; those that are not about a scan are passed over.</summary>
    public void Take(object happened)
    {
        if (happened is ScanReport)
        {
            _nextLine = QuietStart;
            screen.ShowProgress(null);
        }
        else if (happened is ScanProgressed progress && progress.Elapsed >= QuietStart)
        {
            if (screen.IsInteractive)
                screen.ShowProgress($"scanning {ProgressBar.Of((double)progress.Progress.Files / Math.Max(1, progress.Progress.Total))} {Text(progress)}");
            else if (progress.Elapsed >= _nextLine)
                Note(progress);
        }
    }

    /// <summary>"1200 of 5000 files, 300 read, 80 files/s, 0:48 left".</summary>
    public static string Text(ScanProgressed scan)
    {
        var progress = scan.Progress;
        var rate = progress.Files / Math.Max(scan.Elapsed.TotalSeconds, 0.001);
        var left = Left(scan) is { } time ? $", {(int)time.TotalMinutes}:{time.Seconds:00} left" : "";
        return string.Create(
            CultureInfo.InvariantCulture, $"{progress.Files} of {progress.Total} files, {progress.FilesRead} read, {rate:0} files/s{left}");
    }

    private void Note(ScanProgressed progress)
    {
        _nextLine = progress.Elapsed + LineInterval;
        screen.Note($"scanning: {Text(progress)}");
    }

    // Time goes by bytes, not files: a folder of long mixes takes longer than one of jingles. It cannot be told while the folders are walked, nor by a few files.
    private static TimeSpan? Left(ScanProgressed scan)
    {
        var progress = scan.Progress;
        if (progress.BytesRead < progress.BytesToRead / 200 || progress.BytesRead == 0 || progress.BytesRead > progress.BytesToRead)
            return null;
        return scan.Elapsed * ((double)(progress.BytesToRead - progress.BytesRead) / progress.BytesRead);
    }
}
