namespace TspActors.Configuration;

/// <summary>Where a setting's value came from, in the order of precedence: a later one overrides an earlier one.</summary>
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

/// <summary>The place a person has to look at to change a value.</summary>
/// <param name="Kind">The layer.</param>
/// <param name="Name">The file's path, the variable or the option; empty for a default.</param>
/// <param name="Line">The line in the file, from 1; 0 where it is not known or there is none.</param>
public sealed record Origin(OriginKind Kind, string Name = "", int Line = 0)
{
    /// <summary>The built-in default.</summary>
    public static Origin Default { get; } = new(OriginKind.Default);

    /// <summary>The place in words, on one line: "file /etc/tsp/peer.conf, line 12", "environment TSP__PEER__NAME".</summary>
    public override string ToString() => OneLine.Escape(Kind switch
    {
        OriginKind.Default => "default",
        OriginKind.File when Line > 0 => $"file {Name}, line {Line}",
        OriginKind.File => $"file {Name}",
        OriginKind.Environment => $"environment {Name}",
        _ => $"command line {Name}",
    });
}
