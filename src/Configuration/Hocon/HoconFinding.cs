namespace TspActors.Configuration.Hocon;

/// <summary>A fault in HOCON text, and its line.</summary>
internal sealed record HoconFinding(int Line, string What, string Remedy);
