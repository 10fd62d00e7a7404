namespace TspActors.Configuration;

/// <summary>Thrown when the configuration is invalid. The exception lists every problem, not only the first.</summary>
public sealed class SettingsException : Exception
{
    /// <param name="problems">The problems; at least one.</param>
    public SettingsException(IReadOnlyList<SettingsProblem> problems)
        : base(string.Join(Environment.NewLine, problems)) => Problems = problems;

    /// <summary>The problems, in the order in which they were found.</summary>
    public IReadOnlyList<SettingsProblem> Problems { get; }
}
