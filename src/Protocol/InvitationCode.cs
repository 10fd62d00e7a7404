using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace TspActors.Protocol;

/// <summary>The secret in an invitation: an access key that one peer may use once.</summary>
public static class InvitationCode
{
    /// <summary>The length of a code in characters. Each carries 5 random bits.</summary>
    public const int Length = 26;

    // No 0, 1, l or o, because people read codes aloud to each other.
    private const string Alphabet = "23456789abcdefghijkmnpqrstuvwxyz";

    private static readonly SearchValues<char> Letters = SearchValues.Create(Alphabet);

    /// <summary>Returns a new random code.</summary>
    public static string NewRandom() => RandomNumberGenerator.GetString(Alphabet, Length);

    /// <summary>Returns true if the text is a well-formed code.</summary>
    public static bool IsValid([NotNullWhen(true)] string? text) =>
        text is { Length: Length } && !text.AsSpan().ContainsAnyExcept(Letters);
}
