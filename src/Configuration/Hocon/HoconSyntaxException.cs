namespace TspActors.Configuration.Hocon;

/// <summary>Thrown when text is not valid HOCON and the rest of it cannot be read.</summary>
internal sealed class HoconSyntaxException(int line, string what, string remedy) : Exception(what)
{
    /// <summary>The line number, starting at 1.</summary>
    public int Line { get; } = line;

    /// <summary>How to fix the text.</summary>
    public string Remedy { get; } = remedy;
}
