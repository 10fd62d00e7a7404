using System.Diagnostics.CodeAnalysis;

namespace TspActors.Protocol;

/// <summary>A key id and its optional name, written KEYID or name=KEYID.</summary>
/// <param name="Key">The id of the key.</param>
/// <param name="Name">The name; empty = none.</param>
public sealed record NamedKey(KeyId Key, string Name)
{
    /// <summary>The maximum length of a name, in UTF-16 code units.</summary>
    public const int MaxNameLength = 64;

    /// <summary>
    /// Returns true for one line of 1 to <see cref="MaxNameLength"/> visible characters without spaces at either end. A name must not look
    /// like a key id.
    /// </summary>
    public static bool IsName([NotNullWhen(true)] string? text) =>
        text is { Length: > 0 and <= MaxNameLength } && text.Trim().Length == text.Length && !KeyId.TryParse(text, out _)
        && !text.EnumerateRunes().Any(VisibleText.IsInvisible);

    /// <summary>Parses KEYID or name=KEYID.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out NamedKey? named)
    {
        ArgumentNullException.ThrowIfNull(text);
        var sign = text.LastIndexOf('=');
        var name = sign < 0 ? "" : text[..sign].Trim();
        named = KeyId.TryParse(text[(sign + 1)..].Trim(), out var key) && (sign < 0 || IsName(name)) ? new NamedKey(key, name) : null;
        return named is not null;
    }

    /// <summary>Returns the text that <see cref="TryParse"/> reads.</summary>
    public override string ToString() => Name.Length == 0 ? $"{Key}" : $"{Name}={Key}";
}
