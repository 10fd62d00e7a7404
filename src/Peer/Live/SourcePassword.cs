using System.Security.Cryptography;
using TspActors.Media.Library;

namespace TspActors.Peer.Live;

/// <summary>
/// The password for sources if the settings contain none. It is stored, so that sources do not need a new one after a restart.
/// </summary>
internal static class SourcePassword
{
    private const int Length = 16;
    private const int MaxLength = 100;

    // Contains no characters that look alike, because people type the password.
    private const string Letters = "23456789abcdefghijkmnpqrstuvwxyz";

    /// <summary>Returns the password in a file; generates and stores one if there is none.</summary>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    public static (string Password, bool IsNew) LoadOrCreate(string path)
    {
        if (File.Exists(path) && new FileInfo(path).Length <= MaxLength && File.ReadAllText(path).Trim() is { Length: > 0 } kept)
            return (kept, false);
        var made = RandomNumberGenerator.GetString(Letters, Length);
        PrivateFile.Replace(path, made + "\n");
        return (made, true);
    }
}
