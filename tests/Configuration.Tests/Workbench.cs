namespace TspActors.Configuration.Tests;

/// <summary>
/// A temporary working directory and program folder, an environment and a command line, from which a test loads a configuration.
/// </summary>
internal sealed class Workbench : IDisposable
{
    private static readonly string Reference = LoadRequest.EmbeddedReference(typeof(Workbench).Assembly);

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("tsp-configuration-");

    public Workbench()
    {
        WorkingDirectory = _root.CreateSubdirectory("work").FullName;
        ProgramDirectory = _root.CreateSubdirectory("program").FullName;
    }

    public string WorkingDirectory { get; }

    public string ProgramDirectory { get; }

    public Dictionary<string, string> Environment { get; } = [];

    public List<CommandLineSetting> CommandLine { get; } = [];

    public string? ConfigFile { get; set; }

    /// <summary>The file that is read without --config.</summary>
    public string DefaultFile => Path.Combine(WorkingDirectory, "config", "tracker.conf");

    public LoadRequest Request => new()
    {
        Program = "tracker",
        Reference = Reference,
        ConfigFile = ConfigFile,
        WorkingDirectory = WorkingDirectory,
        ProgramDirectory = ProgramDirectory,
        Environment = Environment,
        CommandLine = CommandLine,
        SecretKeys = ["tsp.tracker.access-key"],
    };

    public void WriteFile(string text) => Write(DefaultFile, text);

    public static void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    public ProgramConfiguration Load() => ProgramConfiguration.Load(Request);

    /// <summary>Loads the configuration, which must have no problems, and returns a reader for it.</summary>
    public SettingsReader Read()
    {
        var configuration = Load();
        Assert.Empty(configuration.Problems);
        return new SettingsReader(configuration);
    }

    /// <summary>Writes this text to the file, and returns its only problem as it is shown to the user.</summary>
    public string ProblemOf(string text)
    {
        WriteFile(text);
        return Assert.Single(Load().Problems).ToString();
    }

    public void Dispose() => _root.Delete(recursive: true);
}
