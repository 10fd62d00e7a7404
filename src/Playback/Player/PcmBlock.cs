namespace TspActors.Playback.Player;

/// <summary>A block of decoded samples for the output.</summary>
internal sealed class PcmBlock
{
    // The size of one decoded stereo MPEG-1 frame, which is a whole number of sample frames in mono and in stereo.
    internal const int Size = 4608;

    internal byte[] Bytes { get; } = new byte[Size];

    internal PcmFormat Format { get; set; }

    /// <summary>The number of the song that the block belongs to.</summary>
    internal int Song { get; set; }

    internal int Start { get; set; }

    internal int End { get; set; }

    /// <summary>The number of sample frames that the output has not accepted yet.</summary>
    internal int Frames => (End - Start) / Format.FrameBytes;

    /// <summary>The playing time of the sample frames that the output has not accepted yet.</summary>
    internal TimeSpan Duration => Format.DurationOf(End - Start);

    /// <summary>The samples that the output has not accepted yet.</summary>
    internal ReadOnlySpan<byte> Pending => Bytes.AsSpan(Start, End - Start);
}
