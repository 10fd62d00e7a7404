namespace TspActors.Configuration;

/// <summary>The kinds of sources, in order of precedence: a later one overrides an earlier one.</summary>
public enum OriginKind
{
    /// <summary>The program's built-in reference.conf.</summary>
    Default,

    /// <summary>The HOCON file.</summary>
    File,

    /// <summary>An environment variable.</summary>
    Environment,

    /// <summary>An option on the command line.</summary>
    CommandLine,
}

/// <summary>Where a setting's value comes from, which is also the place to change it.</summary>
/// <param name="Kind">The kind of source.</param>
/// <param name="Name">The file's path, the variable or the option; empty for a default.</param>
/// <param name="Line">The line in the file, starting at 1; 0 if it is unknown or there is no file.</param>
public sealed record SettingOrigin(OriginKind Kind, string Name = "", int Line = 0)
{
    /// <summary>The built-in default.</summary>
    public static SettingOrigin Default { get; } = new(OriginKind.Default);

    /// <summary>Returns the place in words, on one line: "file /etc/tsp/peer.conf, line 12", "environment TSP__PEER__NAME".</summary>
    public override string ToString() => DisplayText.Escape(Kind switch
    {
        OriginKind.Default => "default",
        OriginKind.File when Line > 0 => $"file {Name}, line {Line}",
        OriginKind.File => $"file {Name}",
        OriginKind.Environment => $"environment {Name}",
        _ => $"command line {Name}",
    });
}
