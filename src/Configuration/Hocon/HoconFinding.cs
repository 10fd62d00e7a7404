namespace TspActors.Configuration.Hocon;

/// <summary>Something wrong with HOCON text, and on which line.</summary>
internal sealed record HoconFinding(int Line, string What, string Remedy);
