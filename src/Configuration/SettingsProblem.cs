namespace TspActors.Configuration;

/// <summary>One thing that is wrong with the configuration, told on one line: where, what, and what to do.</summary>
/// <param name="Where">The place to look at: a file and line, a variable, an option.</param>
/// <param name="What">What is wrong there, naming the key.</param>
/// <param name="Remedy">What to do about it.</param>
public sealed record SettingsProblem(string Where, string What, string Remedy)
{
    /// <summary>The line that a person reads.</summary>
    public override string ToString() => $"{Where}: {What}; {Remedy}";
}
