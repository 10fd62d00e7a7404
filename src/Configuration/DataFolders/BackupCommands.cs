using System.CommandLine;
using System.Globalization;
using TspActors.Configuration.Hosting;

namespace TspActors.Configuration.DataFolders;

/// <summary>The backup and restore commands, which both programs have.</summary>
public static class BackupCommands
{
    /// <summary>Returns the commands.</summary>
    /// <param name="run">Runs a function with the data folder from the settings, and reports its errors.</param>
    public static IReadOnlyList<Command> For(Func<ParseResult, Func<FolderContents, int>, Task<int>> run)
    {
        var target = new Argument<string>("FILE") { Description = "the archive to write (.tar.gz); - = standard output" };
        var overwrite = new Option<bool>("--force") { Description = "replace an existing file" };
        var backup = new Command("backup", "copy the data folder into one file; the program may be running") { target, overwrite };
        backup.SetAction((parsed, _) => run(
            parsed, folder => Backup(folder, parsed.GetRequiredValue(target), parsed.GetValue(overwrite))));
        var source = new Argument<string>("FILE") { Description = "an archive written by the backup command" };
        var replace = new Option<bool>("--force") { Description = "move the contents of the data folder aside first" };
        var restore = new Command("restore", "recreate the data folder from a backup; the program must not be running") { source, replace };
        restore.SetAction((parsed, _) => run(
            parsed, folder => Restore(folder, parsed.GetRequiredValue(source), parsed.GetValue(replace))));
        return [backup, restore];
    }

    private static int Backup(FolderContents folder, string file, bool overwrites)
    {
        if (file == "-" && !Console.IsOutputRedirected)
        {
            return ProgramRun.RejectArguments(
                ["a backup cannot be shown on a terminal; redirect standard output, or name a file"], folder.Format.Program);
        }

        var manifest = file == "-"
            ? FolderBackup.Write(folder, ProgramOutput.OpenResults(), Path.Combine(Path.GetTempPath(), $"tsp-backup-{Guid.NewGuid():N}"))
            : FolderBackup.Write(folder, file, overwrites);
        var place = file == "-" ? "standard output" : file;
        var line = $"backed up {Amount(manifest)}, to {place}; keep it secret, because it contains this program's key";
        (file == "-" ? Console.Error : Console.Out).WriteLine(DisplayText.Escape(line));
        return ProgramRun.Done;
    }

    private static int Restore(FolderContents folder, string file, bool replaces)
    {
        var (manifest, former) = FolderRestore.Run(folder, file, replaces);
        var aside = former is null ? "" : $"; the previous contents are in {former}";
        Console.Out.WriteLine(DisplayText.Escape($"restored {Amount(manifest)}, to {folder.Path}{aside}"));
        return ProgramRun.Done;
    }

    private static string Amount(BackupManifest manifest)
    {
        var bytes = manifest.Files.Sum(file => file.Length);
        var size = bytes < 1_000_000 ? $"{(bytes + 999) / 1000} kB" : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB");
        return $"{manifest.Files.Count} {(manifest.Files.Count == 1 ? "file" : "files")}, {size}";
    }
}
