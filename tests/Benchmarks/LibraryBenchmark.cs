using System.Diagnostics;
using System.Globalization;
using TspActors.Media.Folders;
using TspActors.Media.Library;

namespace TspActors.Benchmarks;

/// <summary>
/// Measures the time and memory that a scan of a large library takes. The verb "library generate N DIR [KIB]" creates the files, and
/// "library scan DIR" scans them.
/// </summary>
internal static class LibraryBenchmark
{
    private const int Changes = 100;

    public static int Run(string[] arguments)
    {
        switch (arguments)
        {
            case ["generate", var count, var folder, .. var size] when int.TryParse(count, out var songs) && songs > 0 && size.Length <= 1:
                LibraryMaterial.Generate(songs, folder, size is [var kibibytes] ? int.Parse(kibibytes, CultureInfo.InvariantCulture) : 16);
                return 0;
            case ["scan", var folder] when Directory.Exists(folder):
                Scan(folder);
                return 0;
            default:
                Console.Error.WriteLine("usage: library generate N DIR [KIB_PER_SONG] | library scan DIR (created by generate)");
                return 2;
        }
    }

    private static void Scan(string folder)
    {
        folder = Path.GetFullPath(folder);
        var data = Directory.CreateTempSubdirectory("tsp-library-");
        try
        {
            var files = Directory.GetFiles(folder, "*.mp3", SearchOption.AllDirectories);
            var bytes = files.Sum(file => new FileInfo(file).Length);
            Line($"{files.Length} files, {bytes / 1e6:0} MB");
            CompareHashing(folder, files, bytes);
            files = [];
            var index = Path.Combine(data.FullName, "library.db");
            Measure("first scan", folder, index);
            Measure("second scan, nothing changed", folder, index);
            for (var number = 0; number < Changes; number++)
                LibraryMaterial.Retag(folder, number, $"Retagged {Stopwatch.GetTimestamp()}");
            Measure($"scan with {Changes} changes", folder, index);
            Line($"index                          {new FileInfo(index).Length / 1e6:0} MB");
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    // Scans as at program start, when the peer has nothing but the index.
    private static void Measure(string what, string folder, string indexPath)
    {
        GC.Collect();
        var processor = Processor();
        var watch = Stopwatch.StartNew();
        using var index = LibraryIndex.Open(indexPath, out _);
        var library = new MusicLibrary([new MusicRoot(folder)], index);
        var known = TimeSpan.Zero;
        var result = library.Scan(new ScanObserver { Changed = _ => known = known == TimeSpan.Zero ? watch.Elapsed : known });
        var (elapsed, used) = (watch.Elapsed, Processor() - processor);
        Line($"{what,-30} {elapsed.TotalSeconds,7:0.00} s, processor time {used.TotalSeconds:0.00} s, first songs after {known.TotalSeconds:0.00} s");
        Line($"{"",-30} {result.FilesRead} files read, {library.Songs.Count} songs, peak memory so far {Peak() / 1e6:0} MB");
        GC.KeepAlive(library);
    }

    private static void CompareHashing(string folder, string[] files, long bytes)
    {
        // A first run warms the file cache for both measurements.
        Sha256Sum(folder);
        var theirs = Sha256Sum(folder);
        var watch = Stopwatch.StartNew();
        foreach (var file in files)
            SongFile.Read(file);
        var ours = watch.Elapsed;
        Line($"sha256sum                      {theirs.TotalSeconds,7:0.00} s, {bytes / 1e6 / theirs.TotalSeconds:0} MB/s");
        Line($"reading and hashing, 1 thread  {ours.TotalSeconds,7:0.00} s, {bytes / 1e6 / ours.TotalSeconds:0} MB/s, {theirs / ours:0.00} x the speed of sha256sum");
    }

    private static TimeSpan Sha256Sum(string folder)
    {
        var watch = Stopwatch.StartNew();
        using var process = Process.Start("sh", ["-c", "find \"$0\" -name '*.mp3' -print0 | xargs -0 sha256sum > /dev/null", folder]);
        process.WaitForExit();
        return watch.Elapsed;
    }

    private static TimeSpan Processor()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }

    private static long Peak()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    private static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
