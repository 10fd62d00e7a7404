namespace TspActors.Fuzz;

/// <summary>Thrown when an input breaks a rule that must hold for every input.</summary>
internal sealed class BrokenRuleException(string rule) : Exception(rule);
