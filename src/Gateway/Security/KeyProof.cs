using System.Security.Cryptography;
using System.Text;

namespace TspActors.Gateway.Security;

/// <summary>
/// Checks the passwords and tokens with which clients prove that they have a device key. All comparisons take constant time.
/// </summary>
internal static class KeyProof
{
    private const string Encoded = "enc:";

    /// <summary>
    /// Returns whether a password is the device key, either as plain text or as "enc:" followed by its UTF-8 bytes in hexadecimal.
    /// </summary>
    public static bool IsPassword(string key, string password)
    {
        if (password.StartsWith(Encoded, StringComparison.Ordinal) && Decode(password[Encoded.Length..]) is { } decoded
            && IsSame(key, decoded))
            return true;
        return IsSame(key, password);
    }

    /// <summary>Returns whether a token is the MD5 hash of the device key followed by the salt.</summary>
    public static bool IsToken(string key, string token, string salt)
    {
#pragma warning disable CA5351 // The Subsonic API prescribes MD5. The keys are random, so the token cannot be reversed by guessing.
        var expected = Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(key + salt)));
#pragma warning restore CA5351
        return IsSame(expected, token.ToLowerInvariant());
    }

    /// <summary>Returns a device's media token.</summary>
    public static string MediaToken(Device device) =>
        $"{device.Id}.{Library.Base32.Encode(HMACSHA256.HashData(Encoding.UTF8.GetBytes(device.Key), "media"u8).AsSpan(0, 20))}";

    /// <summary>Compares two strings in constant time.</summary>
    public static bool IsSame(string expected, string given) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(expected)),
            SHA256.HashData(Encoding.UTF8.GetBytes(given)));

    private static string? Decode(string hex)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromHexString(hex));
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
