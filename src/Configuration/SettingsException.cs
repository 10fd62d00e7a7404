namespace TspActors.Configuration;

/// <summary>The configuration cannot be used; carries everything that is wrong with it, not only the first thing.</summary>
public sealed class SettingsException : Exception
{
    /// <param name="problems">At least one.</param>
    public SettingsException(IReadOnlyList<SettingsProblem> problems)
        : base(string.Join(Environment.NewLine, problems)) => Problems = problems;

    /// <summary>What is wrong, in the order it was found.</summary>
    public IReadOnlyList<SettingsProblem> Problems { get; }
}
