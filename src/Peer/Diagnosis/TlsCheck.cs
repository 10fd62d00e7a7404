using TspActors.Transport.Tls;

namespace TspActors.Peer.Diagnosis;

/// <summary>Checks whether this peer speaks TLS, and whether its key can be used.</summary>
/// <param name="encryption">Whether the peer speaks TLS.</param>
/// <param name="dataFolder">The folder with the key; empty if there is none.</param>
internal sealed class TlsCheck(PeerEncryption encryption, string dataFolder) : ICheck
{
    private const string Check = "tls";

    /// <inheritdoc/>
    public string Name => Check;

    /// <inheritdoc/>
    public Task<Finding> RunAsync(CancellationToken cancellation) => Task.FromResult(Examine());

    private Finding Examine()
    {
        if (encryption == PeerEncryption.Off)
            return Finding.Warning(Check, "off: nothing is encrypted", "set tsp.peer.encryption to prefer or require");
        var mode = encryption == PeerEncryption.Require ? "required" : "preferred";
        if (dataFolder.Length == 0 || !File.Exists(Path.Combine(dataFolder, KeyFile.Name)))
            return Finding.Ok(Check, $"{mode}; the peer creates its key when it first shares music");
        try
        {
            using var identity = KeyFile.LoadOrCreate(dataFolder);
            return Finding.Ok(Check, $"{mode}; this peer's key is {identity.KeyId}");
        }
        catch (KeyFileException error)
        {
            return Finding.Problem(Check, error.Message, "without its key, the peer will not start");
        }
    }
}
