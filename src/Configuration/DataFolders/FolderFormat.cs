using System.Globalization;

namespace TspActors.Configuration.DataFolders;

/// <summary>
/// The format of a program's data folder. The folder's <c>version</c> file contains one line: the number of the format, and the name and
/// version of the program that wrote the file. A folder without the file has format 1.
/// </summary>
/// <param name="program">The program's name, such as tsp-peer.</param>
/// <param name="programVersion">The program's version.</param>
/// <param name="steps">The steps from format 1 to the newest one, in order.</param>
public sealed class FolderFormat(string program, string programVersion, IReadOnlyList<FolderStep> steps)
{
    /// <summary>The name of the file that contains the format.</summary>
    public const string FileName = "version";

    private const int MaxBytes = 200;

    /// <summary>The newest format that this program supports.</summary>
    public int Newest => steps.Count + 1;

    /// <summary>The program's name.</summary>
    public string Program => program;

    /// <summary>The program's version.</summary>
    public string ProgramVersion => programVersion;

    /// <summary>Returns the format of the data folders that this version of a program writes.</summary>
    /// <param name="program">The program's name, such as tsp-peer.</param>
    public static FolderFormat Of(string program) =>
        new(program, typeof(FolderFormat).Assembly.GetName().Version!.ToString(3), []);

    /// <summary>Returns the format of a folder, which may be missing, and checks that this program supports it. Changes nothing.</summary>
    /// <exception cref="FolderFormatException">The program does not support the format.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public int Check(string folder) => Read(folder) ?? 1;

    /// <summary>
    /// Upgrades a folder with an older format to the newest one, and keeps copies of the changed files in backup-before-N. The caller must
    /// hold the folder's lock.
    /// </summary>
    /// <exception cref="FolderFormatException">The program does not support the format. Nothing has changed.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    public void Upgrade(string folder)
    {
        var found = Read(folder);
        for (var format = found ?? 1; format < Newest; format++)
        {
            var step = steps[format - 1];
            KeepCopies(folder, step.Files, $"backup-before-{format + 1}");
            step.Apply(folder);
            Write(folder, format + 1);
            found = format + 1;
        }

        if (found is null)
            Write(folder, Newest);
    }

    private static void KeepCopies(string folder, IReadOnlyList<string> files, string name)
    {
        // If an earlier upgrade was interrupted, only the copies that it made are certain to be in the old format.
        var target = Path.Combine(folder, name);
        if (Directory.Exists(target))
            return;
        var fresh = target + ".new";
        if (Directory.Exists(fresh))
            Directory.Delete(fresh, recursive: true);
        PrivateFolder.Create(fresh);
        foreach (var file in files.Where(file => File.Exists(Path.Combine(folder, file))))
            File.Copy(Path.Combine(folder, file), Path.Combine(fresh, file));
        Directory.Move(fresh, target);
    }

    private int? Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        string text;
        try
        {
            using var file = File.OpenRead(path);
            if (file.Length > MaxBytes)
                throw NotAVersion(path);
            using var reader = new StreamReader(file);
            text = reader.ReadToEnd().Trim();
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException($"{path} cannot be read: {error.Message}", error);
        }

        if (text.Any(char.IsControl) || text.Split(' ') is not [var number, .. var writer] || writer.Length == 0
            || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var format) || format < 1)
            throw NotAVersion(path);
        if (format <= Newest)
            return format;
        throw new FolderFormatException(
            $"the data folder {folder} has format {format}, written by {string.Join(' ', writer)}, but {program} {programVersion} supports "
            + $"only formats up to {Newest}; install that version or a newer one, choose another folder with --data, or restore a backup "
            + "from before the upgrade");
    }

    private FolderFormatException NotAVersion(string path) => new(
        $"{path} should contain a single line such as \"{Newest} {program} {programVersion}\", but does not; restore a backup, or choose "
        + "another folder with --data");

    private void Write(string folder, int format)
    {
        var path = Path.Combine(folder, FileName);
        var fresh = path + ".new";
        File.Delete(fresh);
        using (var file = PrivateFolder.CreateFile(fresh))
        {
            using (var writer = new StreamWriter(file, leaveOpen: true))
                writer.Write($"{format} {program} {programVersion}\n");
            file.Flush(flushToDisk: true);
        }

        File.Move(fresh, path, overwrite: true);
    }
}
