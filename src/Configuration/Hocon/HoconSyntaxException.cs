namespace TspActors.Configuration.Hocon;

/// <summary>The text is not HOCON that the parser reads as it looks; reading cannot go on behind this place.</summary>
internal sealed class HoconSyntaxException(int line, string what, string remedy) : Exception(what)
{
    /// <summary>From 1.</summary>
    public int Line { get; } = line;

    /// <summary>What to do about it.</summary>
    public string Remedy { get; } = remedy;
}
