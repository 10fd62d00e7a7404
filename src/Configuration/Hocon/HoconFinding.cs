namespace TspActors.Configuration.Hocon;

/// <summary>A fault in HOCON text, with its line and how to fix it.</summary>
internal sealed record HoconFinding(int Line, string What, string Remedy);
