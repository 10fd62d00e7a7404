using TspActors.Playback;

namespace TspActors.Peer.Diagnosis;

/// <summary>Checks which decoder and sound output this peer would use.</summary>
/// <param name="resolve">Finds the output, which may take a moment.</param>
internal sealed class SoundCheck(Func<AudioBackend> resolve) : ICheck
{
    private const string Check = "sound";

    /// <inheritdoc/>
    public string Name => Check;

    /// <inheritdoc/>
    public Task<Finding> RunAsync(CancellationToken cancellation)
    {
        try
        {
            return Task.FromResult(Judge(resolve()));
        }
        catch (AudioBackendException error)
        {
            return Task.FromResult(Finding.Problem(
                Check, error.Message, "plug the device in, or choose another one with --audio-device; 'peer audio devices' lists them"));
        }
    }

    /// <summary>Returns the finding for an output.</summary>
    public static Finding Judge(AudioBackend backend) => backend.Name == "null"
        ? Finding.Warning(
            Check, backend.Reason,
            "install mpg123 and its libraries, and check the sound device; a peer that only shares needs no sound")
        : Finding.Ok(Check, backend.Reason.Length > 0 ? backend.Reason : backend.Name);
}
