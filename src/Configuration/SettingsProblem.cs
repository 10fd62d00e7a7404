namespace TspActors.Configuration;

/// <summary>A problem in the configuration: where it is, what is wrong, and what to do.</summary>
/// <param name="Where">The file and line, the variable or the option.</param>
/// <param name="What">A description of the problem, with the key.</param>
/// <param name="Remedy">How to fix the problem.</param>
public sealed record SettingsProblem(string Where, string What, string Remedy)
{
    /// <summary>Returns the problem as one human-readable line, with invisible characters in keys and values escaped.</summary>
    public override string ToString() => DisplayText.Escape($"{Where}: {What}; {Remedy}");
}
