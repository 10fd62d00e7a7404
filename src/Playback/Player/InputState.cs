namespace TspActors.Playback.Player;

/// <summary>The result of reading from the <see cref="InputBuffer"/>.</summary>
internal enum InputState
{
    /// <summary>Bytes were read.</summary>
    Bytes,

    /// <summary>The buffer is empty, and more may follow.</summary>
    Empty,

    /// <summary>The song has ended and the next one follows. Returned once per boundary.</summary>
    NextSong,

    /// <summary>The buffer is empty and nothing will follow.</summary>
    Completed,

    /// <summary>
    /// The buffer has been cleared since the reader's generation began, so the next bytes come from a different position.
    /// </summary>
    Stale,
}
