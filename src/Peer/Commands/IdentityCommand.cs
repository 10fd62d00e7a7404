using System.Text.Encodings.Web;
using System.Text.Json;
using TspActors.Configuration.Hosting;
using TspActors.Transport.Tls;

namespace TspActors.Peer.Commands;

/// <summary>Shows the id of the peer's key, which is also the peer's id, and the command that verifies it.</summary>
internal static class IdentityCommand
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Returns the text to print. Creates the key if there is none yet.</summary>
    /// <exception cref="IOException">The data folder or the key cannot be used; the message says why and what to do.</exception>
    public static string Describe(PeerSettings settings)
    {
        var (keyId, file) = Read(settings);
        return IdentityText.For(keyId, file);
    }

    /// <summary>Returns the same information as JSON. Other programs rely on the field names.</summary>
    /// <exception cref="IOException">The data folder or the key cannot be used; the message says why and what to do.</exception>
    public static string DescribeJson(PeerSettings settings)
    {
        var (keyId, file) = Read(settings);
        return JsonSerializer.Serialize(
            new { keyId, keyFile = file, verify = IdentityText.For(keyId, file).TrimEnd('\n').Split('\n')[1] }, Relaxed) + "\n";
    }

    private static (string KeyId, string File) Read(PeerSettings settings)
    {
        if (settings.DataFolder.Length == 0)
            throw new IOException("there is no data folder for this peer's key; choose one with --data");
        using var identity = KeyFile.LoadOrCreate(settings.DataFolder);
        return ($"{identity.KeyId}", Path.Combine(settings.DataFolder, KeyFile.Name));
    }
}
