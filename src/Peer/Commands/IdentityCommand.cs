using TspActors.Configuration.Hosting;
using TspActors.Transport.Tls;

namespace TspActors.Peer.Commands;

/// <summary>Shows the id of the peer's key, which is the peer's id, and the command that verifies it.</summary>
internal static class IdentityCommand
{
    /// <summary>Returns the text. Creates the key if there is none yet.</summary>
    /// <exception cref="IOException">The data folder or the key cannot be used; the message says why and what to do.</exception>
    public static string Describe(PeerSettings settings)
    {
        if (settings.DataFolder.Length == 0)
            throw new IOException("there is no data folder for the key of this peer; choose one with --data");
        using var identity = KeyFile.LoadOrCreate(settings.DataFolder);
        return IdentityText.For($"{identity.KeyId}", Path.Combine(settings.DataFolder, KeyFile.Name));
    }
}
