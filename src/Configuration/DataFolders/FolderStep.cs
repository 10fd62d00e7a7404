namespace TspActors.Configuration.DataFolders;

/// <summary>One step that upgrades a data folder to the next format.</summary>
/// <param name="Files">The names of the files that the step changes. They are copied first.</param>
/// <param name="Apply">Changes the files in the folder. It must be repeatable, because a crash may interrupt it.</param>
public sealed record FolderStep(IReadOnlyList<string> Files, Action<string> Apply);
