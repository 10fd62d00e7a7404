using System.Globalization;
using TspActors.Peer.Library;

namespace TspActors.Peer.Terminal;

/// <summary>Shows the progress of a scan: a bar on a terminal, otherwise a line every few seconds.</summary>
internal sealed class ScanDisplay(Screen screen)
{
    // During a short scan, the bar would only flicker.
    private static readonly TimeSpan QuietStart = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    private TimeSpan _nextLine = QuietStart;

    /// <summary>Updates the display if the event is about a scan.</summary>
    public void Update(object happened)
    {
        if (happened is ScanReport)
        {
            _nextLine = QuietStart;
            screen.ShowProgress(null);
        }
        else if (happened is ScanProgressed progress && progress.Elapsed >= QuietStart)
        {
            var share = (double)progress.Progress.Files / Math.Max(1, progress.Progress.Total);
            if (screen.IsInteractive)
                screen.ShowProgress($"scanning {ProgressBar.Draw(share)} {Text(progress)}");
            else if (progress.Elapsed >= _nextLine)
                Note(progress);
        }
    }

    /// <summary>Returns, for example, "1200 of 5000 files, 300 read, 80 files/s, 0:48 left".</summary>
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

    // A folder of long mixes takes longer than a folder of jingles, so the estimate is based on bytes. There is no estimate while the
    // folders are being listed, or before enough bytes have been read.
    private static TimeSpan? Left(ScanProgressed scan)
    {
        var progress = scan.Progress;
        if (progress.BytesRead < progress.BytesToRead / 200 || progress.BytesRead == 0 || progress.BytesRead > progress.BytesToRead)
            return null;
        return scan.Elapsed * ((double)(progress.BytesToRead - progress.BytesRead) / progress.BytesRead);
    }
}
