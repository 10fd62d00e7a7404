using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace TspActors.Protocol;

/// <summary>
/// Hash codes for numbers that strangers choose. They depend on this process's random keys, so nobody can choose numbers whose codes
/// collide more often than by chance.
/// </summary>
/// <remarks>
/// Multilinear hashing, which is strongly universal: Lemire and Kaser, "Strongly Universal String Hashing is Fast" (2014). The codes of
/// <see cref="HashCode"/> also depend on a key, but some numbers collide regardless of the key.
/// </remarks>
public static class KeyedHashCode
{
    private static readonly ulong[] Keys = MakeKeys();

    /// <summary>Returns the code of 16 bytes.</summary>
    public static int Of(ulong first, ulong second) => (int)(Sum(first, second, 1) >> 32);

    /// <summary>Returns the code of 32 bytes.</summary>
    public static int Of(ulong first, ulong second, ulong third, ulong fourth) =>
        (int)((Sum(first, second, 1) + Sum(third, fourth, 5)) >> 32);

    private static ulong Sum(ulong first, ulong second, int key) => unchecked(
        Keys[0] + Keys[key] * (uint)first + Keys[key + 1] * (first >> 32) + Keys[key + 2] * (uint)second + Keys[key + 3] * (second >> 32));

    private static ulong[] MakeKeys()
    {
        var keys = new ulong[9];
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(keys.AsSpan()));
        return keys;
    }
}
