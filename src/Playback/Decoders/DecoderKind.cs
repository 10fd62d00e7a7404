namespace TspActors.Playback.Decoders;

/// <summary>A decoder that this program can use if the machine meets the decoder's requirements.</summary>
/// <param name="Name">The name shown to the user, such as "mpg123".</param>
/// <param name="Problem">Why this machine cannot use the decoder; null if it can.</param>
/// <param name="New">Creates a decoder. The callback receives notices for the listener, on the thread that uses the decoder.</param>
internal sealed record DecoderKind(string Name, string? Problem, Func<Action<string>, IMp3Decoder> New)
{
    /// <summary>Whether the problem is worth reporting, because the user can do something about it.</summary>
    public bool IsWorthInstalling { get; init; }

    /// <summary>A warning about the installed decoder, for example about a known vulnerability; null = none.</summary>
    public string? Warning { get; init; }
}
